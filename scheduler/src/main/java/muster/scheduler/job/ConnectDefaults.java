package muster.scheduler.job;

import static muster.scheduler.job.Canonical.defaults;
import static muster.scheduler.job.Canonical.present;
import static muster.scheduler.job.JobShape.object;
import static muster.scheduler.job.JobShape.objects;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the {@code connect} block of a service leaves open. Empty lists and maps become null there. */
final class ConnectDefaults {
    private static final long SECOND = 1_000_000_000L;

    private ConnectDefaults() {}

    static void apply(Map<String, Object> connect) {
        if (present(connect, "SidecarService")) {
            sidecar(object(connect.get("SidecarService")));
        }
        if (present(connect, "SidecarTask")) {
            Map<String, Object> task = object(connect.get("SidecarTask"));
            emptyToNull(task, "Config", "Env", "Meta");
            defaults(task, "KillTimeout", 5 * SECOND, "ShutdownDelay", 0);
            defaults(task, "LogConfig", new LinkedHashMap<String, Object>());
            defaults(object(task.get("LogConfig")), "MaxFiles", 10, "MaxFileSizeMB", 10);
            defaults(task, "Resources", new LinkedHashMap<String, Object>());
            Canonical.resources(object(task.get("Resources")));
        }
        if (present(connect, "Gateway")) {
            gateway(object(connect.get("Gateway")));
        }
    }

    private static void sidecar(Map<String, Object> sidecar) {
        emptyToNull(sidecar, "Tags");
        if (present(sidecar, "Proxy")) {
            Map<String, Object> proxy = object(sidecar.get("Proxy"));
            emptyToNull(proxy, "Upstreams", "Config");
            if (present(proxy, "ExposeConfig")) {
                emptyToNull(object(proxy.get("ExposeConfig")), "Path");
            }
        }
    }

    private static void gateway(Map<String, Object> gateway) {
        if (present(gateway, "Proxy")) {
            Map<String, Object> proxy = object(gateway.get("Proxy"));
            defaults(proxy, "ConnectTimeout", 5 * SECOND);
            emptyToNull(proxy, "EnvoyGatewayBindAddresses", "Config");
        }
        if (present(gateway, "Ingress")) {
            for (Map<String, Object> listener : objects(object(gateway.get("Ingress")).get("Listeners"))) {
                if ("".equals(listener.get("Protocol"))) {
                    listener.put("Protocol", "tcp");
                }
            }
        }
    }

    private static void emptyToNull(Map<String, Object> tree, String... keys) {
        for (String key : keys) {
            Object value = tree.get(key);
            if (value instanceof List<?> list && list.isEmpty() || value instanceof Map<?, ?> map && map.isEmpty()) {
                tree.put(key, null);
            }
        }
    }
}
