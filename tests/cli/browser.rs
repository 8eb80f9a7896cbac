//! A headless Chromium, driven through a pipe by the DevTools protocol: it opens a page from a file and answers what is on it.
//!
//! Where there is none, the tests that need it are skipped, unless `TETRASWARM_REQUIRE` has `chromium`. Its sandbox is left out only
//! where the tests run as root, as in a container of CI: there Chromium does not start with it.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, PipeWriter, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest that an answer may take: far more than it does.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page.
pub struct Browser {
    child: Child,
    to: PipeWriter,
    answers: Receiver<Value>,
    session: Option<String>,
    number: u64,
    events: Vec<Value>,
    _profile: TempDir,
}

/// The name of a Chromium that is there.
fn name() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    names.into_iter().find(|name| {
        let mut version = Command::new(name);
        let quiet = version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    })
}

impl Browser {
    /// Starts one, if there is one.
    pub fn start() -> Option<Self> {
        let Some(name) = name() else {
            let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
            let is_required = required.split(',').any(|word| word == "chromium");
            assert!(!is_required, "no chromium, but TETRASWARM_REQUIRE={required}");
            eprintln!("skipped: there is no chromium");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        // What the browser reads, and what it writes.
        let (commands, to) = std::io::pipe().unwrap();
        let (from, replies) = std::io::pipe().unwrap();
        let mut command = Command::new(name);
        command.args([
            "--headless=new",
            "--remote-debugging-pipe",
            "--disable-gpu",
            "--no-first-run",
        ]);
        command.args([
            "--disable-dev-shm-usage",
            "--force-device-scale-factor=1",
            "--hide-scrollbars",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        // SAFETY: it has no condition.
        if unsafe { libc::geteuid() } == 0 {
            command.arg("--no-sandbox");
        }
        command
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let (reads, writes) = (commands.as_raw_fd(), replies.as_raw_fd());
        let plumb = move || {
            // SAFETY: only calls that are safe after a fork, on descriptors that are open until the child has been started.
            let done = unsafe {
                let (a, b) = (
                    libc::fcntl(reads, libc::F_DUPFD, 10),
                    libc::fcntl(writes, libc::F_DUPFD, 10),
                );
                a >= 0 && b >= 0 && libc::dup2(a, 3) == 3 && libc::dup2(b, 4) == 4
            };
            if done {
                Ok(())
            } else {
                Err(std::io::Error::last_os_error())
            }
        };
        // SAFETY: what it does is allowed between fork and exec, see there.
        unsafe { command.pre_exec(plumb) };
        let child = command.spawn().unwrap();
        drop((commands, replies));
        let (send, answers) = channel();
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut message = Vec::new();
            while from.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else {
                    break;
                };
                if send.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut browser = Self {
            child,
            to,
            answers,
            session: None,
            number: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Calls a method of the protocol.
    #[track_caller]
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        let start = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let answer = self
                .answers
                .recv_timeout(left)
                .unwrap_or_else(|error| panic!("{method}: {error}"));
            if answer["id"] == self.number {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    /// The value of an expression on the page.
    #[track_caller]
    pub fn value(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", params);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// Opens a report in a window of that width, in light or dark, and waits until its scripts have drawn it.
    #[track_caller]
    pub fn open(&mut self, file: &Path, width: u32, is_dark: bool) {
        // What was there before is not taken for it.
        self.call("Page.navigate", json!({ "url": "about:blank" }));
        self.events.clear();
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = if is_dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", media);
        let file = file.canonicalize().unwrap();
        self.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        let start = Instant::now();
        while self.value("document.documentElement?.dataset.ready || ''") == "" {
            assert!(
                start.elapsed() < PATIENCE,
                "the page is not ready: {:?}",
                self.troubles()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What went wrong since it was opened: errors, warnings, and requests to anywhere but files.
    pub fn troubles(&self) -> Vec<String> {
        let trouble = |event: &Value| match event["method"].as_str()? {
            "Runtime.consoleAPICalled" | "Runtime.exceptionThrown" | "Log.entryAdded" => {
                Some(event["params"].to_string())
            }
            "Network.requestWillBeSent" => {
                let url = event["params"]["request"]["url"].as_str()?;
                (!url.starts_with("file:")).then(|| format!("asks for {url}"))
            }
            _ => None,
        };
        self.events.iter().filter_map(trouble).collect()
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            self.call(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": key, "code": key }),
            );
        }
    }

    /// Moves the pointer to the middle of the first thing that a selector finds, which is brought into view.
    #[track_caller]
    pub fn point(&mut self, selector: &str) {
        self.point_at(selector, "[box.x + box.width / 2, box.y + box.height / 2]");
    }

    /// The same to a place of it: an expression of `it` and of its `box`.
    #[track_caller]
    pub fn point_at(&mut self, selector: &str, place: &str) {
        let place = self.value(&format!(
            "(() => {{ const it = document.querySelector({selector:?}); it.scrollIntoView({{ block: 'center' }}); \
             const box = it.getBoundingClientRect(); return {place}; }})()"
        ));
        for aside in [1.0, 0.0] {
            let (x, y) = (place[0].as_f64().unwrap() + aside, place[1].as_f64().unwrap());
            self.call(
                "Input.dispatchMouseEvent",
                json!({ "type": "mouseMoved", "x": x, "y": y }),
            );
        }
        // What follows is drawn with the next frame.
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
