//! Which addresses may be asked on the word of a user.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::IpNet;
use url::{Host, Url};

use crate::error::{Error, Result};

/// Characters of an address; browsers take no more than a few thousand either.
const LONGEST: usize = 2000;

/// Networks that are not the public internet (IANA's registries of special-purpose addresses), and addresses that only
/// look public. Of version 6 all but 2000::/3 is none.
const PRIVATE: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    // Services that tell a machine its own secrets are here.
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    // Azure's host, as its guests see it.
    "168.63.129.16/32",
    // Teredo and others that carry an address of version 4 in them, or none.
    "2001::/23",
    "2001:db8::/32",
    // 6to4.
    "2002::/16",
    "3fff::/20",
];

static CLOSED: LazyLock<Vec<IpNet>> = LazyLock::new(|| PRIVATE.iter().map(|net| network(net)).collect());
static OPEN_V6: LazyLock<IpNet> = LazyLock::new(|| network("2000::/3"));
/// How a host without version 4 writes its addresses (RFC 6052).
static NAT64: LazyLock<IpNet> = LazyLock::new(|| network("64:ff9b::/96"));

fn network(text: &str) -> IpNet {
    text.parse().expect("a constant network")
}

/// What may be asked: everything public, and what the settings name.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    hosts: Vec<String>,
    networks: Vec<IpNet>,
}

impl Guard {
    /// From names of hosts, addresses and networks that may be asked although they are not public.
    pub fn new(allowed: &[String]) -> Self {
        let mut guard = Self::default();
        for text in allowed {
            match text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)) {
                Some(network) => guard.networks.push(network),
                None => guard.hosts.push(bare(text)),
            }
        }
        guard
    }

    /// The address that a user or a redirect has named, if it may be asked as far as it can be seen without a look-up.
    ///
    /// `url_invalid`, or `url_refused` where it names an address that is not public.
    pub fn check(&self, text: &str, base: Option<&Url>) -> Result<Url> {
        if text.len() > LONGEST {
            return Err(invalid("is too long"));
        }
        let url = match base {
            Some(base) => base.join(text),
            None => Url::parse(text.trim()),
        };
        let mut url = url.map_err(|_| invalid("is no web address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("must begin with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not hold a user name or a password"));
        }
        url.set_fragment(None);
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(invalid("names no host")),
        };
        // Nobody looks these up, so nobody else would check them.
        if literal.is_some_and(|address| !self.allows(address)) {
            return Err(refused());
        }
        Ok(url)
    }

    /// Whether what a name was resolved to may be asked. One address that may not refuses them all: a name that is both
    /// public and private is a trick or a mistake.
    pub(super) fn resolved(&self, host: &str, addresses: &[IpAddr]) -> bool {
        self.hosts.contains(&bare(host)) || addresses.iter().all(|address| self.allows(*address))
    }

    /// Whether this address may be asked.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = plain(address);
        let public = match address {
            IpAddr::V6(_) => OPEN_V6.contains(&address),
            IpAddr::V4(_) => true,
        } && !CLOSED.iter().any(|network| network.contains(&address));
        public || self.networks.iter().any(|network| network.contains(&address))
    }
}

/// The address that is meant, where one of version 6 stands for one of version 4.
fn plain(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if NAT64.contains(&IpAddr::V6(v6)) => embedded(v6),
        address => address,
    }
}

fn embedded(address: Ipv6Addr) -> IpAddr {
    let [.., a, b, c, d] = address.octets();
    IpAddr::from([a, b, c, d])
}

/// Names are the same with a dot at their end, and in capitals.
fn bare(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a setting names a host, rather than an address or a network.
pub fn is_host(text: &str) -> bool {
    matches!(Host::parse(text), Ok(Host::Domain(_)))
}

fn invalid(what: &str) -> Error {
    let mut error = Error::field("url", what);
    error.code = "url_invalid";
    error
}

pub(super) fn refused() -> Error {
    Error::invalid(
        "url_refused",
        "This address is not on the public internet. An admin can allow hosts and networks by name.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What must not be asked, in the spellings that browsers and servers read as the same.
    const HOSTILE: &[&str] = &[
        "http://127.0.0.1/",
        "http://127.1/",
        "http://127.255.255.254:8080/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://0/",
        "http://0.0.0.0/",
        "http://127.0.0.1./",
        "http://①②⑦.⓪.⓪.①/",
        "http://%31%32%37.0.0.1/",
        "http://10.0.0.1/",
        "http://10.255.255.255/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://100.64.0.1/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://192.0.0.192/",
        "http://198.18.0.1/",
        "http://192.0.2.1/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[64:ff9b:1::1]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:c0a8:101::1]/",
        "http://[2001:0:7f00:1::]/",
        "http://[2001:db8::1]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[ff02::1]/",
        "http://[100::1]/",
    ];

    #[test]
    fn nothing_private_is_asked_by_any_spelling() {
        let guard = Guard::default();
        for url in HOSTILE {
            let error = guard.check(url, None).expect_err(url);
            assert_eq!(error.code, "url_refused", "{url}: {error:?}");
        }
    }

    #[test]
    fn an_address_is_a_public_page_and_nothing_else() {
        let guard = Guard::default();
        for url in [
            "http://example.org",
            "https://example.org:8443/a?b=c#d",
            "http://93.184.216.34/",
            "http://[2606:2800:220:1::1]/",
            "http://[64:ff9b::93.184.216.34]/",
            "http://172.32.0.1/",
            "http://100.128.0.1/",
        ] {
            guard.check(url, None).expect(url);
        }
        for url in [
            "",
            "example.org",
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://127.0.0.1:6379/_FLUSHALL",
            "data:text/html,x",
            "javascript:alert(1)",
            "http://",
            "http://user@example.org/",
            "http://user:secret@example.org/",
            "http://[fe80::1%25eth0]/",
            "http://1.2.3.4.5/",
            "http://256.256.256.256/",
        ] {
            assert_eq!(guard.check(url, None).expect_err(url).code, "url_invalid", "{url}");
        }
        assert_eq!(
            guard.check(&format!("http://a/{}", "x".repeat(2000)), None).unwrap_err().code,
            "url_invalid"
        );
    }

    #[test]
    fn a_redirect_is_checked_like_an_address() {
        let guard = Guard::default();
        let base = Url::parse("https://example.org/a/b").unwrap();
        assert_eq!(guard.check("../c", Some(&base)).unwrap().as_str(), "https://example.org/c");
        assert_eq!(guard.check("//10.0.0.1/", Some(&base)).unwrap_err().code, "url_refused");
        assert_eq!(guard.check("file:///etc/passwd", Some(&base)).unwrap_err().code, "url_invalid");
        assert_eq!(guard.check("//u:p@example.org/", Some(&base)).unwrap_err().code, "url_invalid");
    }

    #[test]
    fn a_name_with_one_private_address_is_refused() {
        let guard = Guard::default();
        let (public, private) = (IpAddr::from([93, 184, 216, 34]), IpAddr::from([10, 0, 0, 1]));
        assert!(guard.resolved("example.org", &[public]));
        assert!(!guard.resolved("example.org", &[public, private]));
    }

    #[test]
    fn what_an_admin_names_may_be_asked_and_no_more() {
        let allowed = ["10.1.0.0/16", "192.168.7.7", "fd00:1::/32", "Wiki.Corp.Example."];
        let guard = Guard::new(&allowed.map(str::to_owned));
        for (address, allowed) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("10.2.0.1", false),
            ("192.168.7.7", true),
            ("192.168.7.8", false),
            ("fd00:1::5", true),
            ("fd00:2::5", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(guard.allows(address.parse().unwrap()), allowed, "{address}");
        }
        let inside = [IpAddr::from([172, 16, 0, 1])];
        assert!(guard.resolved("wiki.corp.example", &inside));
        assert!(!guard.resolved("other.corp.example", &inside));
        assert!(!guard.resolved("evil.wiki.corp.example", &inside));
        assert!(is_host("wiki.corp.example") && !is_host("10.1.0.0/16") && !is_host("a b"));
    }
}
