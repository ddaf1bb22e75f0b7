//! From a level to its instructions: the one place that compiles kernels for each.

/// Compiles a kernel for every instruction set, and runs the one that a token proves.
///
/// `dispatch!(SimdLevel: level, fn<B>(text: &[u8]) -> bool { … })` reads as the call of an
/// anonymous function with the arguments that it names. Its body is compiled once for each
/// level, with the instructions of that level enabled and `B` standing for the level's
/// block of bytes. Whatever it calls must be `#[inline(always)]`: only what is inlined is
/// compiled with these instructions. The function may also take constants, as in
/// `fn<B, const N: usize>(…)`: those of the same name around it.
///
/// The type before the colon is that of the token. It says what the body may ask of `B`:
///
/// | token        | `B` is a                                                    |
/// |--------------|-------------------------------------------------------------|
/// | `SimdLevel`  | [`Block`](super::vector::Block)                             |
/// | `Vectors`    | [`Vector`](super::vector::Vector)                           |
/// | `WideTables` | [`WideLookup`](super::vector::WideLookup)                   |
/// | `Avx512`     | `__m512i`; elsewhere than on x86-64 the body is left out    |
macro_rules! dispatch {
    (SimdLevel: $level:expr, $($kernel:tt)+) => {{
        use $crate::simd::level::Level;
        match $level.0 {
            Level::Portable => $crate::simd::dispatch::dispatch!(@portable $($kernel)+),
            Level::Avx2(token) => $crate::simd::dispatch::dispatch!(@avx2 token, $($kernel)+),
            Level::Avx512(token) => $crate::simd::dispatch::dispatch!(@avx512 token, $($kernel)+),
            Level::Neon(token) => $crate::simd::dispatch::dispatch!(@neon token, $($kernel)+),
        }
    }};
    (Vectors: $vectors:expr, $($kernel:tt)+) => {{
        use $crate::simd::level::Vectors;
        match $vectors {
            Vectors::Avx2(token) => $crate::simd::dispatch::dispatch!(@avx2 token, $($kernel)+),
            Vectors::Avx512(token) => $crate::simd::dispatch::dispatch!(@avx512 token, $($kernel)+),
            Vectors::Neon(token) => $crate::simd::dispatch::dispatch!(@neon token, $($kernel)+),
        }
    }};
    (WideTables: $tables:expr, $($kernel:tt)+) => {{
        use $crate::simd::level::WideTables;
        match $tables {
            WideTables::Avx512(token) => {
                $crate::simd::dispatch::dispatch!(@avx512 token, $($kernel)+)
            }
            WideTables::Neon(token) => $crate::simd::dispatch::dispatch!(@neon token, $($kernel)+),
        }
    }};
    (Avx512: $token:expr, $($kernel:tt)+) => {{
        let token: $crate::simd::level::Avx512 = $token;
        $crate::simd::dispatch::dispatch!(@avx512 token, $($kernel)+)
    }};

    (@portable $($kernel:tt)+) => {
        $crate::simd::dispatch::dispatch!(
            @compile [] [$crate::simd::arch::portable::Words] $($kernel)+
        )
    };
    (@avx2 $token:ident, $($kernel:tt)+) => {
        $crate::simd::dispatch::dispatch!(
            @on [target_arch = "x86_64"] $token,
            [target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
            [$crate::simd::arch::x86_64::avx2::Halves] $($kernel)+
        )
    };
    (@avx512 $token:ident, $($kernel:tt)+) => {
        $crate::simd::dispatch::dispatch!(
            @on [target_arch = "x86_64"] $token,
            [target_feature(
                enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,gfni,aes,bmi1,bmi2,lzcnt,popcnt"
            )]
            [std::arch::x86_64::__m512i] $($kernel)+
        )
    };
    (@neon $token:ident, $($kernel:tt)+) => {
        $crate::simd::dispatch::dispatch!(
            @on [all(target_arch = "aarch64", target_endian = "little")] $token,
            [target_feature(enable = "neon")]
            [$crate::simd::arch::aarch64::neon::Quarters] $($kernel)+
        )
    };

    // The instructions of one architecture, of whose token there is none elsewhere.
    (
        @on [$($architecture:tt)+] $token:ident, [$($features:tt)*] [$($vector:tt)+]
        fn<$block:ident $(, const $constant:ident: $of:ty)*>($($argument:ident: $type:ty),* $(,)?)
        $($rest:tt)+
    ) => {{
        #[cfg($($architecture)+)]
        {
            // It has proved what it can.
            let _ = $token;
            $crate::simd::dispatch::dispatch!(
                @compile [$($features)*] [$($vector)+]
                fn<$block $(, const $constant: $of)*>($($argument: $type),*) $($rest)+
            )
        }
        #[cfg(not($($architecture)+))]
        {
            let _ = ($(&$argument,)*);
            $token.absent()
        }
    }};
    (
        @compile [$($features:meta)?] [$($vector:tt)+]
        fn<$block:ident $(, const $constant:ident: $of:ty)*>($($argument:ident: $type:ty),* $(,)?)
        $(-> $returned:ty)? $body:block
    ) => {{
        $(#[$features])?
        fn kernel<$(const $constant: $of),*>($($argument: $type),*) $(-> $returned)? {
            #[allow(dead_code, reason = "not every kernel looks at blocks")]
            type $block = $($vector)+;
            $body
        }
        #[allow(unused_unsafe, reason = "what every CPU has needs no proof")]
        // SAFETY: the token proves that the CPU has the instructions.
        unsafe {
            kernel::<$($constant),*>($($argument),*)
        }
    }};
}

pub(super) use dispatch;
