//! Makes the folders that are embedded, so that the server compiles on a machine without Node; and rebuilds this crate
//! when the dashboard or the documentation has been built anew.

use std::{fs, path::Path};

fn main() {
    for folder in ["../../frontend/dist", "../../docs/dist", "../../assets/demo", "../../assets/starts"] {
        if let Err(error) = fs::create_dir_all(Path::new(folder)) {
            println!("cargo:warning=cannot make {folder}: {error}");
        }
        println!("cargo:rerun-if-changed={folder}");
    }
}
