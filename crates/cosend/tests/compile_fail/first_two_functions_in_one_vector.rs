//! Two bodies are two types: `boxed`, or `Box<dyn Resume<..>>`, makes one of them.
use cosend::{Port, Resumable, resumable};

fn adder() -> Resumable<u32, u32, impl Future<Output = ()>> {
    resumable(async |mut port: Port<u32, u32>| while port.yield_(1).await.is_some() {}).0
}

fn scaler() -> Resumable<u32, u32, impl Future<Output = ()>> {
    resumable(async |mut port: Port<u32, u32>| while port.yield_(2).await.is_some() {}).0
}

fn main() {
    let _ = vec![adder(), scaler()];
}
