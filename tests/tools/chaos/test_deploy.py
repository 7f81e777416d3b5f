"""The samples for operators, as `make bench-replicas` runs them."""

import re
from configparser import ConfigParser
from pathlib import Path

from tools.chaos.bots import ROOT
from tools.chaos.servers import nginx, pgbouncer


def test_nginx_gets_other_addresses_no_tls_and_nothing_else() -> None:
    sample = nginx.SAMPLE.read_text()

    site = nginx.site_for(sample, "127.0.0.1:1", ["127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4"])

    servers = [line.split()[1] for line in site.splitlines() if line.startswith("    server 1")]
    assert servers == ["127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4"]
    assert "    listen 127.0.0.1:1;\n" in site
    left_out = set(sample.splitlines()) - set(site.splitlines())
    assert {line.split()[0] for line in left_out} == {
        "server",
        "listen",
        "ssl_certificate",
        "ssl_certificate_key",
        "allow",
    }
    assert [line.strip() for line in site.splitlines() if "allow" in line or "deny" in line] == [
        "allow 127.0.0.0/8;",
        "deny all;",
    ]


def test_nginx_is_at_the_webhooks_address_for_telegrams_networks_alone() -> None:
    sample = nginx.SAMPLE.read_text()
    example = (ROOT / ".env.example").read_text()
    url = re.search(r"^#WEBHOOK_URL=https://(?P<host>[^/]+)(?P<path>/.*)$", example, re.MULTILINE)

    assert url
    assert [url["host"]] == re.findall(r"server_name (\S+);", sample)
    assert [url["path"]] == re.findall(r"location = (\S+) {", sample)
    # https://core.telegram.org/bots/webhooks
    assert re.findall(r"(?:allow|deny) (\S+);", sample) == [
        "149.154.160.0/20",
        "91.108.4.0/22",
        "all",
    ]


def test_pgbouncer_gets_another_database_port_and_login_and_nothing_else() -> None:
    given, used = ConfigParser(), ConfigParser()
    given.read(pgbouncer.SAMPLE)

    used.read_string(
        pgbouncer.configuration_for(pgbouncer.SAMPLE.read_text(), "db", Path("/run/x"), 6543)
    )

    assert dict(used["databases"]) == {"db": "host=/run/x port=5432 dbname=db user=postgres"}
    changed = {
        name
        for name in {*given["pgbouncer"], *used["pgbouncer"]}
        if given["pgbouncer"].get(name) != used["pgbouncer"].get(name)
    }
    assert changed == {"listen_port", "unix_socket_dir", "auth_type", "auth_file"}
