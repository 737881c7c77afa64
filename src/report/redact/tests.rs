//! Which values are hidden, and which must stay readable.

use super::*;

#[test]
fn a_secret_is_shown_as_length_and_hash() {
    assert_eq!(
        shown("DB_PASSWORD", "hunter2hunter2", false),
        "<secret: 14 characters, sha256 0c7a2b9f>".replace("0c7a2b9f", &hash("hunter2hunter2"))
    );
    assert_eq!(placeholder("é"), format!("<secret: 1 character, sha256 {}>", hash("é")));
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[test]
fn names_that_hold_secrets_hide_their_values() {
    for name in [
        "POSTGRES_PASSWORD",
        "db.password",
        "services.api.environment.DB_PASSWORD",
        "PGPASSWORD",
        "apiKey",
        "--api-key",
        "Client(api_key)",
        "SECRET_KEY_BASE",
        "auth.token",
        "HF_TOKEN",
        "salt",
        "SENTRY_DSN",
        "credentials",
        "NEXTAUTH_SECRET",
        "secret.value",
        "MYSQL_PWD",
        "signing-key",
    ] {
        assert!(secretive(name, "swordfish!"), "{name}");
    }
}

#[test]
fn names_that_only_speak_about_secrets_stay_readable() {
    for (name, value) in [
        ("password_encryption", "scram-sha-256"),
        ("token_lifetime", "30d"),
        ("secretName", "db-secret"),
        ("primary_key", "id"),
        ("key", "db-host"),
        ("max_tokens", "many"),
        ("tokenizer", "bpe"),
        ("TOKEN_TTL", "1h"),
        ("monkey", "a"),
        ("cache-key", "linux-deps"),
        ("publicKey", "abc"),
        ("keyspace", "main"),
        ("auth.token.enabled", "sometimes"),
        ("compass", "north"),
        ("security.authorization", "on demand"),
        ("key_vault", "privacy-vault"),
        ("auth", "basic authentication"),
        ("package", "sk-learn-compatible-estimators"),
        ("proxy_pass", "http://backend"),
    ] {
        assert!(!secretive(name, value), "{name}");
        assert_eq!(shown(name, value, false), value);
    }
}

#[test]
fn references_switches_and_numbers_stay() {
    for value in [
        "",
        "true",
        "off",
        "null",
        "16",
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "${DB_PASSWORD:?set it}",
        "${{ secrets.DB }}",
        "{{ .Values.password }}",
        "<your-password>",
        "****",
        "/run/secrets/db",
    ] {
        assert!(!secretive("DB_PASSWORD", value), "{value}");
    }
    assert!(secretive("DB_PASSWORD", "${DB_PASSWORD:-hunter2}"), "a fallback is a value");
    assert!(secretive("DB_PASSWORD", "${DB_PASSWORD-hunter2}") && secretive("DB_PASSWORD", "$ecret"));
    assert!(secretive("THING", "${TOKEN:-ghp_0123456789abcdefABCD0123456789abcdef}"));
    assert!(secretive("DB_PASSWORD", "12345678"), "digits are a password too");
    assert!(secretive("DB_PASSWORD", "{{ default \"hunter2\" .Values.x }}"));
}

#[test]
fn published_defaults_are_shown() {
    assert_eq!(shown("POSTGRES_PASSWORD", "postgres", true), "postgres");
    assert!(shown("POSTGRES_PASSWORD", "postgres", false).starts_with("<secret: 8 "));
}

#[test]
fn known_shapes_are_hidden_under_any_name() {
    for value in [
        "ghp_0123456789abcdefABCD0123456789abcdef",
        "sk-proj-abcdefghijklmnop1234",
        "AKIAIOSFODNN7EXAMPLE",
        "hf_abcdefghijklmnopqrstuvwx",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "0123456789abcdef0123456789abcdef",
        "xoxb-1234567890-abcdef",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
    ] {
        assert!(secretive("THING", value), "{value}");
        assert!(!shown("THING", value, false).contains(value));
    }
}

#[test]
fn public_names_and_digests_stay() {
    for value in [
        "sentence-transformers/all-MiniLM-L6-v2",
        "meta-llama/Llama-3.1-70B-Instruct-AWQ-INT4",
        "ollama/ollama@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
        "sha512-wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY0123456789==",
        "6fa459ea-ee8a-3ca4-894e-db77e160355e",
        "https://eu.i.posthog.com/capture",
        "postgres://app@db/app",
        "postgres://app:${DB_PASSWORD}@db/app",
        "info",
        "127.0.0.1:8080:80",
    ] {
        assert!(!secretive("THING", value), "{value}");
    }
    assert!(!secretive("commit", "08c6903cd8c0fde910a37f88322edcfb5dd907a8"));
}

#[test]
fn only_the_password_of_an_address_is_hidden() {
    let text = shown("DATABASE_URL", "postgres://app:hunter2@db/app?sslmode=disable", false);
    assert_eq!(text, format!("postgres://app:<secret: 7 characters, sha256 {}>@db/app?sslmode=disable", hash("hunter2")));
}

#[test]
fn secrets_are_found_in_lines_of_any_format() {
    let hidden = |line: &str| {
        let ranges: Vec<Range<usize>> = secrets_in(line).into_iter().map(|(range, _)| range).collect();
        replace(line, &ranges, |_| "****".into())
    };
    assert_eq!(hidden("      DB_PASSWORD: hunter2, or not # why"), "      DB_PASSWORD: **** # why");
    assert_eq!(hidden("DB_PASSWORD=hunter2"), "DB_PASSWORD=****");
    assert_eq!(hidden(r#"{"api_key": "abc\"d", "host": "x"}"#), r#"{"api_key": ****, "host": "x"}"#);
    assert_eq!(hidden("run --api-key abc --host x"), "run --api-key **** --host x");
    assert_eq!(hidden("ENV API_TOKEN abc"), "ENV API_TOKEN ****");
    assert_eq!(hidden("url=https://x/?api_key=abc&a=b"), "url=https://x/?api_key=****&a=b");
    assert_eq!(hidden("curl -H 'Authorization: Bearer abcdefghijkl1'"), "curl -H 'Authorization: Bearer ****'");
    assert_eq!(hidden("  password: ${X}"), "  password: ${X}");
    assert_eq!(hidden("client = Client(api_key=\"abc\")"), "client = Client(api_key=****)");
    assert_eq!(hidden("  image: a@sha256:0123456789abcdef0123456789abcdef"), "  image: a@sha256:0123456789abcdef0123456789abcdef");
}

#[test]
fn a_line_may_open_a_secret_that_follows() {
    assert!(opens_secret("  password: |"));
    assert!(opens_secret("  - name: DB_PASSWORD"));
    assert!(opens_secret("-----BEGIN RSA PRIVATE KEY-----"));
    assert!(!opens_secret("  - name: LOG_LEVEL"));
    assert!(!opens_secret("  environment:"));
}
