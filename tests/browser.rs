//! The HTML report as a browser draws it: in light and in dark, on a phone, with nothing loaded and nothing run. `.ci/run` installs
//! Chromium; a missing one is a failure.

#![allow(clippy::restriction, reason = "a test may fail loudly")]
#![cfg(feature = "validators")]

#[path = "support/reports.rs"]
mod reports;
mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use reports::{hostile, weakened};
use support::{DATE, Repo};

/// Prints how bright a picture is in the mean (0 to 255), how many colours it has, and its corner.
const MEASURE: &str = "
import sys
from PIL import Image, ImageStat
picture = Image.open(sys.argv[1]).convert('RGB')
print(round(ImageStat.Stat(picture.convert('L')).mean[0]), len(picture.getcolors(1 << 24)), *picture.getpixel((2, picture.height - 2)))
";

/// The narrowest window that phones have, in CSS pixels.
const PHONE: u32 = 360;

fn browser(folder: &Path) -> Command {
    let mut command = Command::new("chromium");
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=2000"]);
    command.arg(format!("--user-data-dir={}", folder.join("profile").display()));
    command
}

fn report(repo: &Repo, folder: &Path) -> String {
    let path = folder.join("report.html");
    repo.run(&["check", "--base", "HEAD~1", "--date", DATE, "--report", &format!("html={}", path.display())]);
    fs::read_to_string(path).unwrap()
}

/// Brightness, colours and the colour of the ground.
fn drawn(folder: &Path, dark: bool) -> (u32, u32, [u32; 3]) {
    let picture = folder.join(if dark { "dark.png" } else { "light.png" });
    let scheme = u32::from(!dark);
    let output = browser(folder)
        .args(["--window-size=1100,1600", &format!("--blink-settings=preferredColorScheme={scheme}")])
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", folder.join("report.html").display()))
        .output()
        .unwrap_or_else(|error| panic!("chromium cannot be run ({error}): run .ci/run once"));
    assert!(picture.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/tools/venv/bin/python");
    let output = Command::new(python).args(["-c", MEASURE]).arg(&picture).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<u32> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [mean, colours, red, green, blue] = numbers[..] else { panic!("{text} {}", String::from_utf8_lossy(&output.stderr)) };
    (mean, colours, [red, green, blue])
}

#[test]
fn it_is_drawn_in_light_and_in_dark() {
    let folder = tempfile::tempdir().unwrap();
    report(&weakened(), folder.path());
    let (light, dark) = (drawn(folder.path(), false), drawn(folder.path(), true));
    assert!(light.0 > 200 && dark.0 < 60, "{light:?} {dark:?}");
    // the grounds of the style sheet
    assert_eq!((light.2, dark.2), ([0xf5, 0xf6, 0xf8], [0x0f, 0x12, 0x16]));
    // text is drawn with smooth edges, and findings have colours of their own
    assert!(light.1 > 200 && dark.1 > 200, "{light:?} {dark:?}");
}

/// What a page says after scripts of ours had a look at the report, which it holds in a frame as wide as a phone.
fn looked_at(report: &str, script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let inner = report.replace('&', "&amp;").replace('"', "&quot;");
    let page = format!(
        "<!DOCTYPE html><title>waiting</title><iframe width=\"{PHONE}\" height=\"700\" srcdoc=\"{inner}\"></iframe>\
         <script>document.querySelector('iframe').onload = event => {{ const page = event.target.contentDocument; \
         document.title = {script}; }}</script>"
    );
    let path = folder.path().join("page.html");
    fs::write(&path, page).unwrap();
    let output = browser(folder.path()).arg("--dump-dom").arg(format!("file://{}", path.display())).output().unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let title = dom.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).map(|(title, _)| title.to_owned());
    title.unwrap_or_else(|| panic!("{dom} {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn it_fits_on_a_phone() {
    let folder = tempfile::tempdir().unwrap();
    for repo in [weakened(), hostile()] {
        let text = report(&repo, folder.path());
        let width = looked_at(&text, "page.documentElement.scrollWidth");
        assert!(width.parse::<u32>().is_ok_and(|width| width <= PHONE), "{width}");
    }
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let folder = tempfile::tempdir().unwrap();
    let text = report(&hostile(), folder.path());
    let elements = "script, img, link, iframe, object, embed, form, video, audio, base, [onclick], [onerror], [onload]";
    assert_eq!(looked_at(&text, &format!("page.querySelectorAll(`{elements}`).length")), "0");
    // and what got in would not run: the page says so itself
    let smuggled = "<script>document.documentElement.dataset.ran = 1</script></main>";
    let with = text.replace("</main>", smuggled);
    assert_ne!(text, with);
    assert_eq!(looked_at(&with, "page.documentElement.dataset.ran + ` ` + page.scripts.length"), "undefined 1");
}
