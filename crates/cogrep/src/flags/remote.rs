//! Flags for what is read over the network.

use std::ffi::OsString;

use clap::{Arg, ArgAction, value_parser};

use super::{id, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Remote inputs";
    vec![
        option(
            id::HEADER,
            "NAME: VALUE",
            HEADING,
            "Send this with requests to the hosts of http:// and https:// inputs",
        )
        .action(ArgAction::Append),
        option(id::CA_CERT, "FILE", HEADING, "Trust the certificate authorities in this file, too")
            .value_parser(value_parser!(OsString)),
        switch(id::NO_SIGN_REQUEST, HEADING, "Read public buckets without credentials"),
        option(
            id::ENDPOINT_URL,
            "URL",
            HEADING,
            "Ask this server for s3://, gs:// or az:// inputs",
        ),
        option(id::REGION, "REGION", HEADING, "Region of s3:// inputs (default: from AWS_REGION)"),
        switch(id::REQUEST_PAYER, HEADING, "Pay for s3:// requests in place of the bucket's owner"),
    ]
}
