#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

//! The embedded page: new files in its folder are no change that the compiler sees by itself.

fn main() {
    println!("cargo::rerun-if-changed=../frontend-dist");
}
