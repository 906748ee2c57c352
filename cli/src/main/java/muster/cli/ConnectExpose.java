package muster.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code connect expose}. */
final class ConnectExpose {
    static final Command COMMAND = new Command("connect expose", "Expose a Connect-enabled service through an Ingress gateway", """
            Usage: consul connect expose [options]

              Lets an ingress gateway listen for a service, and lets the gateway connect to it.

              -host=<string>              a host name that leads to the service, beside the usual one; may be repeated
              -ingress-gateway=<string>   the gateway
              -port=<int>                 where it listens
              -protocol=<string>          of the listener: tcp (without it), http, http2 or grpc
              -service=<string>           the service""", ConnectExpose::run);
    private static final int NOT_FOUND = 404;

    private ConnectExpose() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("ingress-gateway", "service", "port", "protocol").lists("host").parse(args);
        String service = Intentions.plain(flags.text("service"));
        String gateway = Intentions.plain(flags.text("ingress-gateway"));
        if (service.isEmpty()) {
            return console.fail("A service name must be given via the -service flag.");
        }
        if (gateway.isEmpty()) {
            return console.fail("An ingress gateway service must be given via the -ingress-gateway flag.");
        }
        long port = flags.unsigned("port", 0);
        if (port == 0) {
            return console.fail("A port must be provided via the -port flag.");
        }
        Api api = ConsulApi.api(flags, console);
        try {
            Map<String, Object> entry = entry(api, gateway);
            String protocol = flags.text("protocol", "tcp").toLowerCase(java.util.Locale.ROOT);
            entry.put("Listeners", listeners(new Doc(entry).list("Listeners"), port, protocol, service, flags.all("host")));
            if (!api.send("PUT", ConsulApi.target("/v1/config", flags, "cas=" + new Doc(entry).text("ModifyIndex")), entry).text().equals("true")) {
                return console.fail("Ingress gateway config entry was changed by somebody else meanwhile, try again");
            }
            console.out().println("Successfully updated config entry for ingress service \"" + gateway + "\"");
            allow(console, api, gateway, service);
            return 0;
        } catch (ApiException e) {
            return console.fail(e.status() == 0 ? e.getMessage() : "Error exposing service \"" + service + "\": " + e.getMessage());
        }
    }

    private static Map<String, Object> entry(Api api, String gateway) {
        Map<String, Object> entry = new LinkedHashMap<>();
        try {
            api.get("/v1/config/ingress-gateway/" + ConsulApi.encode(gateway)).members().forEach((key, value) -> entry.put(key, value.value()));
        } catch (ApiException e) {
            if (e.status() != NOT_FOUND) {
                throw e;
            }
            entry.put("Kind", "ingress-gateway");
            entry.put("Name", gateway);
            entry.put("ModifyIndex", 0L);
        }
        return entry;
    }

    /** With the service at the listener of the port, which is made where there is none. */
    private static List<Object> listeners(List<Doc> present, long port, String protocol, String service, List<String> hosts) {
        List<Object> listeners = new ArrayList<>();
        boolean found = false;
        for (Doc listener : present) {
            if (listener.number("Port") != port) {
                listeners.add(listener.value());
                continue;
            }
            found = true;
            if (!listener.text("Protocol").equals(protocol)) {
                throw new ApiException(0, "Listener on port " + port + " already configured with conflicting protocol \""
                        + listener.text("Protocol") + "\"");
            }
            List<Object> services = new ArrayList<>();
            listener.list("Services").stream().filter(other -> !other.text("Name").equals(service)).forEach(other -> services.add(other.value()));
            services.add(service(service, hosts));
            Map<String, Object> changed = new LinkedHashMap<>();
            listener.members().forEach((key, value) -> changed.put(key, value.value()));
            changed.put("Services", services);
            listeners.add(changed);
        }
        if (!found) {
            listeners.add(new LinkedHashMap<>(Map.of("Port", port, "Protocol", protocol, "Services", List.of(service(service, hosts)))));
        }
        return listeners;
    }

    private static Map<String, Object> service(String name, List<String> hosts) {
        return hosts.isEmpty() ? Map.of("Name", name) : new LinkedHashMap<>(Map.of("Name", name, "Hosts", hosts));
    }

    private static void allow(Console console, Api api, String gateway, String service) {
        if (Intentions.between(api, gateway, service).isPresent()) {
            console.out().println("Intention already exists for \"" + gateway + "\" -> \"" + service + "\"");
            return;
        }
        Map<String, Object> intention = new LinkedHashMap<>();
        intention.put("SourceName", gateway);
        intention.put("DestinationName", service);
        intention.put("SourceType", "consul");
        intention.put("Action", "allow");
        api.send("POST", Intentions.PATH, intention);
        console.out().println("Successfully set up intention for \"" + gateway + "\" -> \"" + service + "\"");
    }
}
