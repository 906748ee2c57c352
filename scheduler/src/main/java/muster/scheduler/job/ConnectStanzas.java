package muster.scheduler.job;

/** The stanzas of the service mesh (job specification, "connect"). */
final class ConnectStanzas {
    private ConnectStanzas() {}

    static Stanza connect(Stanza resources, Stanza logs) {
        return Stanza.of()
                .bool("native", "Native")
                .one("gateway", "Gateway", gateway())
                .one("sidecar_service", "SidecarService", sidecarService())
                .one("sidecar_task", "SidecarTask", Stanza.of()
                        .text("name", "Name", "driver", "Driver", "user", "User", "kill_signal", "KillSignal")
                        .duration("kill_timeout", "KillTimeout", "shutdown_delay", "ShutdownDelay")
                        .free("config", "Config")
                        .textMap("env", "Env")
                        .textMap("meta", "Meta")
                        .one("resources", "Resources", resources)
                        .one("logs", "LogConfig", logs));
    }

    private static Stanza sidecarService() {
        Stanza path = Stanza.of()
                .text("path", "Path", "protocol", "Protocol", "listener_port", "ListenerPort")
                .number("local_path_port", "LocalPathPort");
        Stanza upstream = Stanza.of()
                .text("destination_name", "DestinationName", "datacenter", "Datacenter")
                .text("local_bind_address", "LocalBindAddress")
                .number("local_bind_port", "LocalBindPort")
                .one("mesh_gateway", "MeshGateway", Stanza.of().text("mode", "Mode"));
        return Stanza.of()
                .texts("tags", "Tags")
                .text("port", "Port")
                .bool("disable_default_tcp_check", "DisableDefaultTCPCheck")
                .one("proxy", "Proxy", Stanza.of()
                        .text("local_service_address", "LocalServiceAddress")
                        .number("local_service_port", "LocalServicePort")
                        .one("expose", "ExposeConfig", Stanza.of().many("path", "Path", path))
                        .many("upstreams", "Upstreams", upstream)
                        .free("config", "Config"));
    }

    private static Stanza gateway() {
        Stanza listener = Stanza.of()
                .number("port", "Port")
                .text("protocol", "Protocol")
                .many("service", "Services", Stanza.of().text("name", "Name").texts("hosts", "Hosts"));
        return Stanza.of()
                .one("proxy", "Proxy", Stanza.of()
                        .duration("connect_timeout", "ConnectTimeout")
                        .bool("envoy_gateway_bind_tagged_addresses", "EnvoyGatewayBindTaggedAddresses")
                        .bool("envoy_gateway_no_default_bind", "EnvoyGatewayNoDefaultBind")
                        .text("envoy_dns_discovery_type", "EnvoyDNSDiscoveryType")
                        .byLabel("envoy_gateway_bind_addresses", "EnvoyGatewayBindAddresses", "Name",
                                Stanza.of().text("address", "Address").number("port", "Port"))
                        .free("config", "Config"))
                .one("ingress", "Ingress", Stanza.of()
                        .one("tls", "TLS", Stanza.of().bool("enabled", "Enabled"))
                        .many("listener", "Listeners", listener))
                .one("terminating", "Terminating", Stanza.of()
                        .many("service", "Services", Stanza.of()
                                .text("name", "Name", "ca_file", "CAFile", "cert_file", "CertFile")
                                .text("key_file", "KeyFile", "sni", "SNI")))
                .one("mesh", "Mesh", Stanza.of());
    }
}
