//! Server configuration, sentence by sentence.

use super::*;
use crate::setting::Setting;

fn reading(path: &str, text: &str) -> Reading {
    assert!(claims(path), "{path}");
    let reading = read(path, text);
    for setting in &reading.settings {
        assert_eq!(setting.value_span.of(text), &*setting.raw, "{setting:?}");
        assert!(text.get(setting.name_span.range()).is_some());
    }
    reading
}

/// `unit: path = value <source>`, with the directive's name where it is not the key.
fn said(path: &str, text: &str) -> Vec<String> {
    let reading = reading(path, text);
    assert_eq!(reading.problems, []);
    let line = |setting: &Setting| {
        let unit = reading.scope_words(setting.scope).map_or_else(String::new, |words| words + ": ");
        let path = reading.path_to(setting.scope);
        let dot = if path.is_empty() { "" } else { "." };
        let value = crate::read::lens::sample::value(setting);
        format!("{unit}{path}{dot}{} = {value} <{}>", setting.key.as_deref().unwrap_or_default(), setting.raw)
    };
    reading.settings.iter().map(line).collect()
}

fn kind(path: &str, text: &str) -> &'static str {
    read(path, text).kinds[0].0
}

#[test]
fn nginx_directives_stand_in_their_blocks() {
    let text = "# é\nuser nginx;\nhttp {\n  log_format main escape=json '$time \"$uri\" '\n    '$request';\n  server {\n    listen 443 ssl;\n    server_name a.b;\n    ssl_protocols TLSv1.2 TLSv1.3;\n    add_header X-Frame-Options \"DENY\" always;\n    location ~ ^/x$ {\n      autoindex on; autoindex off;\n      access_log off;\n      internal;\n      return 301 https://$host${request_uri};\n    }\n  }\n}\n";
    assert_eq!(
        said("nginx.conf", text),
        [
            "user = nginx <nginx>",
            "block log_format main: http.log_format.main = $time \"$uri\" $request <'$time \"$uri\" '\n    '$request'>",
            "block server a.b 443 ssl: http.server.listen = 443 ssl <443 ssl>",
            "block server a.b 443 ssl: http.server.server_name = a.b <a.b>",
            "block server a.b 443 ssl: http.server.ssl_protocols = TLSv1.2 TLSv1.3 <TLSv1.2 TLSv1.3>",
            "block server a.b 443 ssl: http.server.add_header X-Frame-Options = DENY always <\"DENY\" always>",
            "block location ~ ^/x$: http.server.location.autoindex = off <off>",
            "block location ~ ^/x$: http.server.location.access_log = off <off>",
            "block location ~ ^/x$: http.server.location.internal = true <>",
            "block location ~ ^/x$: http.server.location.return = 301 https://$host${request_uri} <301 https://$host${request_uri}>",
        ]
    );
    let reading = reading("nginx.conf", text);
    let names: Vec<&str> = reading.settings.iter().flat_map(|setting| &setting.names).map(|(_, name)| &**name).collect();
    assert!(names.contains(&"log_format") && names.contains(&"access_log off") && names.contains(&"add_header X-Frame-Options"));
}

#[test]
fn code_and_templates_in_nginx_are_passed_over() {
    let text = "server {\n  listen {{ port }};\n  {% if x %}\n  autoindex on;\n  {% endif %}\n  content_by_lua_block {\n    if a then b({}) end -- don't\n  }\n  tcp_nodelay on;\n}\n";
    let lines = said("conf.d/a.conf", text);
    assert_eq!(
        lines.iter().map(|line| line.split_once(": ").unwrap().1).collect::<Vec<_>>(),
        ["server.listen = (reference) <{{ port }}>", "server.autoindex = on <on>", "server.tcp_nodelay = on <on>"]
    );
}

#[test]
fn caddy_has_sites_and_headers() {
    let text = "{\n\tdebug\n}\na.b,\nc.d {\n\theader /x X-A b\n\theader {\n\t\tX-B \"c d\"\n\t\t-Server\n\t}\n\tlog {\n\t\toutput file /var/log/a\n\t}\n\t@m path /y\n\treverse_proxy @m {$HOST}:80\n}\n";
    assert_eq!(
        said("Caddyfile", text),
        [
            "global.debug = true <>",
            "block a.b, c.d: site.header X-A = b <b>",
            "block a.b, c.d: site.header.header X-B = c d <\"c d\">",
            "block a.b, c.d: site.header.header -Server = true <>",
            "block a.b, c.d: site.log.output = file /var/log/a <file /var/log/a>",
            "block a.b, c.d: site.@m = path /y <path /y>",
            "block a.b, c.d: site.reverse_proxy = @m {$HOST}:80 <@m {$HOST}:80>",
        ]
    );
}

#[test]
fn a_login_of_caddy_is_a_block_that_stands_there() {
    let text = "a.b {\n\tbasic_auth /admin/* {\n\t\tann hash\n\t}\n\thandle /x {\n\t\tforward_auth c:9 {\n\t\t\turi /ask\n\t\t}\n\t}\n}\n";
    let lines = said("Caddyfile", text);
    assert_eq!(lines[0], "block a.b: site.basic_auth = true <basic_auth>");
    assert!(lines.iter().any(|line| line.ends_with("forward_auth = true <forward_auth>")), "{lines:?}");
}

#[test]
fn apache_sections_are_blocks_and_conditions_are_none() {
    let text = "ServerTokens Prod\nLogFormat \"%h \\\"%r\\\"\" combined\n<VirtualHost *:80>\n  <IfModule mod_headers.c>\n    Header always set X-Frame-Options \"DENY\"\n    Header unset Server\n  </IfModule>\n  SetEnv APP_DEBUG 1\n  <Directory \"/var/www\">\n    Options -Indexes \\\n      +FollowSymLinks\n    Require all granted\n  </Directory>\n</VirtualHost>\n";
    assert_eq!(
        said("httpd.conf", text),
        [
            "ServerTokens = Prod <Prod>",
            "block LogFormat combined: LogFormat.combined = %h \"%r\" <\"%h \\\"%r\\\"\">",
            "block VirtualHost *:80: VirtualHost.Header X-Frame-Options = DENY <\"DENY\">",
            "block VirtualHost *:80: VirtualHost.Header unset Server = true <>",
            "block VirtualHost *:80: VirtualHost.SetEnv APP_DEBUG = 1 <1>",
            "block Directory /var/www: VirtualHost.Directory.Options = -Indexes +FollowSymLinks <-Indexes \\\n      +FollowSymLinks>",
            "block Directory /var/www: VirtualHost.Directory.Require = all granted <all granted>",
        ]
    );
}

#[test]
fn flat_files_have_a_key_a_line() {
    let text = "# c\nprotected-mode no\nbind 127.0.0.1 ::1\nrequirepass \"a b\"\nsave 900 1\nsave 60 10\nrename-command CONFIG \"\"\n";
    assert_eq!(
        said("redis.conf", text),
        [
            "protected-mode = no <no>",
            "bind = 127.0.0.1 ::1 <127.0.0.1 ::1>",
            "requirepass = a b <\"a b\">",
            "save = 900 1 <900 1>",
            "save = 60 10 <60 10>",
            "rename-command CONFIG =  <\"\">"
        ]
    );
    let text = "listen_addresses = '*'\t# all\nlog_statement 'it''s'\nport=5432\npgaudit.log = read\nssl = off\nssl = on\n";
    assert_eq!(
        said("postgresql.conf.sample", text),
        [
            "listen_addresses = * <'*'>",
            "log_statement = it's <'it''s'>",
            "port = 5432 <5432>",
            "pgaudit.log = read <read>",
            "ssl = on <on>"
        ]
    );
}

#[test]
fn who_may_come_to_postgresql_is_a_record_each() {
    let text = "# TYPE\nlocal all postgres peer\nhost all all 0.0.0.0/0 md5 # x\nhost all all 10.0.0.0 255.0.0.0 trust\n";
    assert_eq!(
        said("pg_hba.conf", text),
        [
            "block local all postgres: pg_hba[0].method = peer <peer>",
            "block host all all 0.0.0.0/0: pg_hba[1].method = md5 <md5>",
            "block host all all 0.0.0.0/0: pg_hba[1].address = 0.0.0.0/0 <0.0.0.0/0>",
            "block host all all 10.0.0.0 255.0.0.0: pg_hba[2].method = trust <trust>",
            "block host all all 10.0.0.0 255.0.0.0: pg_hba[2].address = 10.0.0.0 <10.0.0.0>"
        ]
    );
}

#[test]
fn logrotate_has_blocks_by_path() {
    let text = "weekly\n/var/log/a.log\n\"/var/log/b c.log\" {\n  rotate 14\n  maxage 30\n  compress\n  postrotate\n    kill -HUP 1 { }\n  endscript\n}\n";
    assert_eq!(
        said("logrotate.d/app", text),
        [
            "weekly = true <>",
            "block /var/log/a.log /var/log/b c.log: rotate = 14 <14>",
            "block /var/log/a.log /var/log/b c.log: maxage = 30 <30>",
            "block /var/log/a.log /var/log/b c.log: compress = true <>"
        ]
    );
}

#[test]
fn fluent_sections_are_items_or_blocks() {
    let text = "[SERVICE]\n    Log_Level info\n[OUTPUT]\n    Name es\n    tls Off\n[OUTPUT]\n    Name http\n";
    assert_eq!(
        said("fluent-bit.conf", text),
        ["SERVICE.Log_Level = info <info>", "OUTPUT[0].Name = es <es>", "OUTPUT[0].tls = Off <Off>", "OUTPUT[1].Name = http <http>"]
    );
    let text = "<match a.**>\n  @type http # x\n  <buffer>\n    path \"/b\"\n  </buffer>\n</match>\n";
    assert_eq!(
        said("fluent.conf", text),
        ["block match a.**: match.@type = http <http>", "block match a.**: match.buffer.path = /b <\"/b\">"]
    );
}

#[test]
fn a_text_says_what_its_name_does_not() {
    assert_eq!(kind("a/default.conf", "upstream x {\n server a;\n}\nserver {\n listen 80;\n}\n"), "nginx");
    assert_eq!(kind("site.conf", "<VirtualHost *:80>\n</VirtualHost>\n"), "apache");
    assert_eq!(kind("sites-available/default", "server {\n}\n"), "nginx");
    assert_eq!(kind("a.conf", "[x]\na = 1\n"), "ini");
    assert_eq!(kind("conf/app.conf", "# x\nappname = a\nhttp.port=1\n\n[prod]\nrunmode = prod\n"), "ini");
    assert_eq!(kind("x.conf", "a = 1\nuser nginx;\n"), "conf");
    assert_eq!(kind("application.conf", "akka { a = 1 }"), "conf");
    assert!(read("application.conf", "akka { a = 1 }").settings.is_empty());
    assert!(!claims("nginx.md") && !claims("Caddyfile.md") && !claims("redis.conf.go"));
}

#[test]
fn who_comes_in_by_ssh_and_becomes_whom() {
    let text = "# x\nPermitRootLogin yes # y\npermitrootlogin no\nPort=22\nMatch User git\n  PasswordAuthentication no\n";
    assert_eq!(
        said("etc/ssh/sshd_config", text),
        ["PermitRootLogin = yes <yes>", "Port = 22 <22>", "block git: Match.PasswordAuthentication = no <no>"]
            .map(|line| line.replace("block git", "block User git"))
    );
    assert_eq!(kind("etc/ssh/sshd_config.d/10-a.conf", "PermitRootLogin no\n"), "ssh");
    assert_eq!(kind("home/.ssh/config", "Host *\n"), "ssh");
    let text = "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL) NOPASSWD: ALL\n";
    assert_eq!(
        said("etc/sudoers.d/app", text),
        [
            "Defaults = env_reset <env_reset>",
            "block root: rule.root = ALL=(ALL:ALL) ALL <ALL=(ALL:ALL) ALL>",
            "block %sudo: rule.%sudo = ALL=(ALL) NOPASSWD: ALL <ALL=(ALL) NOPASSWD: ALL>"
        ]
    );
}

#[test]
fn broken_files_are_problems() {
    let deep = "a {\n".repeat(1000);
    for (path, text) in [
        ("nginx.conf", "http {\n"),
        ("nginx.conf", "http { a 1 }"),
        ("nginx.conf", "}"),
        ("nginx.conf", "a 'b;"),
        ("nginx.conf", &deep),
        ("Caddyfile", "a {\n"),
        ("httpd.conf", "<Directory />\n"),
    ] {
        assert!(read(path, text).unreadable().is_some(), "{path} {}", text.get(..7).unwrap_or(text));
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "(\u{feff})?([a-c0-9é{}<>;#'\"`\\\\$=\\[\\] \\r\\n\\t]|log_format a |server \\{|\\{\\{|\\}\\}|\\{%|%\\}|<a b>\n|</a>\n|\\$\\{|header |host a b c d|LogFormat ){0,40}") {
        for path in ["nginx.conf", "Caddyfile", "httpd.conf", "fluent.conf", "fluent-bit.conf", "logrotate.conf", "redis.conf", "postgresql.conf", "pg_hba.conf", "sshd_config", "sudoers", "x.conf"] {
            reading(path, &text);
        }
    }
}

#[test]
fn a_block_that_is_closed_and_not_open_is_shown_at_a_whole_character() {
    let text = "A b\n</Vhost\u{1F980}\n";
    let reading = super::read("httpd.conf", text);
    let span = reading.problems.iter().find_map(|problem| problem.span).unwrap();
    assert!(text.get(span.range()).is_some(), "{span:?}");
}
