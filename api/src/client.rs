//! Who is at the other end of a connection, also behind proxies that are trusted to say so.

use std::net::IpAddr;

use ipnet::IpNet;
use poem::Request;
use poem::http::uri::Authority;
use poem::http::{HeaderMap, header};
use shared::config::Server;

/// The proxies whose headers are believed.
#[derive(Clone, Debug)]
pub(crate) struct Proxies {
    trusted: Vec<IpNet>,
    /// The host of an https `server.public_url`: what comes by that name comes over https.
    https_host: Option<String>,
}

/// The other end of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) address: IpAddr,
    /// Whether the browser speaks https, to us or to the proxy.
    pub(crate) https: bool,
    /// What the client called us: the Host header.
    pub(crate) host: String,
}

impl Proxies {
    /// From addresses and networks; the configuration has checked that they are such.
    pub(crate) fn new(settings: &Server) -> Self {
        let net = |text: &String| {
            text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
        };
        Self {
            trusted: settings.trusted_proxies.iter().filter_map(net).collect(),
            https_host: settings
                .public_url
                .strip_prefix("https://")
                .map(|rest| rest.split('/').next().unwrap_or_default().to_ascii_lowercase()),
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address.to_canonical()))
    }

    pub(crate) fn client(&self, request: &Request) -> Client {
        let peer = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
        let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
        // HTTP/2 has the authority in place of the header.
        let host = host.or_else(|| request.original_uri().authority().map(Authority::as_str));
        self.seen(peer, host.unwrap_or_default().to_owned(), request.headers())
    }

    fn seen(&self, peer: Option<IpAddr>, host: String, headers: &HeaderMap) -> Client {
        let named = self.https_host.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&host));
        let plain = |address| Client { address, https: named, host: host.clone() };
        let Some(peer) = peer.map(|p| p.to_canonical()) else { return plain(IpAddr::from([127, 0, 0, 1])) };
        if !self.trusts(peer) {
            return plain(peer);
        }
        // Each proxy appends whom it heard from; the first from the right that is no proxy of ours is the client.
        // What stands left of it is the client's own word.
        let mut address = peer;
        for value in headers.get_all("x-forwarded-for").iter().rev() {
            for part in value.to_str().unwrap_or_default().rsplit(',') {
                let Ok(hop) = part.trim().parse::<IpAddr>() else { break };
                address = hop.to_canonical();
                if !self.trusts(address) {
                    break;
                }
            }
            if !self.trusts(address) {
                break;
            }
        }
        let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
        let https = proto.is_some_and(|p| p.rsplit(',').next().is_some_and(|p| p.trim() == "https")) || named;
        Client { address, https, host }
    }
}

impl Client {
    /// Browsers treat this machine as secure without https.
    pub(crate) fn is_local_name(&self) -> bool {
        let name = match self.host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.host.split(':').next().unwrap_or_default(),
        };
        name.eq_ignore_ascii_case("localhost")
            || name.to_ascii_lowercase().ends_with(".localhost")
            || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], proto: Option<&str>) -> Client {
        let mut settings = shared::Config::defaults().unwrap().server;
        settings.trusted_proxies = vec!["127.0.0.0/8".into(), "::1".into(), "10.1.0.0/16".into()];
        settings.public_url = "https://Public.example/".into();
        let proxies = Proxies::new(&settings);
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        if let Some(proto) = proto {
            headers.insert("x-forwarded-proto", proto.parse().unwrap());
        }
        let host = if proto == Some("public") { "public.example" } else { "chat.example:8080" };
        proxies.seen(Some(peer.parse().unwrap()), host.into(), &headers)
    }

    #[test]
    fn only_trusted_proxies_speak_for_others() {
        let table: &[(&str, &[&str], &str)] = &[
            ("203.0.113.5", &["198.51.100.1"], "203.0.113.5"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            // The client wrote the first part itself.
            ("127.0.0.1", &["1.2.3.4, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
            ("127.0.0.1", &["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["nonsense"], "127.0.0.1"),
            ("::1", &["2001:db8::7"], "2001:db8::7"),
        ];
        for (peer, forwarded, expected) in table {
            assert_eq!(seen(peer, forwarded, None).address.to_string(), *expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn https_is_a_trusted_proxy_s_word() {
        assert!(seen("127.0.0.1", &[], Some("https")).https);
        assert!(!seen("127.0.0.1", &[], Some("http")).https);
        assert!(!seen("203.0.113.5", &[], Some("https")).https);
        assert!(seen("203.0.113.5", &[], Some("public")).https, "the public name is known to be https");
    }

    #[test]
    fn this_machine_has_several_names() {
        for (host, local) in [
            ("localhost:8080", true),
            ("LOCALHOST", true),
            ("skein.localhost", true),
            ("127.0.0.1:1", true),
            ("[::1]:8080", true),
            ("192.168.1.7:8080", false),
            ("localhost.example.org", false),
        ] {
            let client = Client { address: IpAddr::from([127, 0, 0, 1]), https: false, host: host.into() };
            assert_eq!(client.is_local_name(), local, "{host}");
        }
    }
}
