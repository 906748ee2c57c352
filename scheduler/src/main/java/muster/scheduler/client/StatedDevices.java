package muster.scheduler.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.scheduler.state.NodeDevice;

/**
 * The devices that the client's configuration states, without any plug-in: a meta key {@code device.VENDOR/TYPE/NAME} whose value
 * lists the ids of the instances and, after a semicolon, attributes of all of them:
 *
 * <pre>
 * meta = { "device.nvidia/gpu/a100" = "GPU-1,GPU-2; memory=40 GiB; cores=6912" }
 * </pre>
 */
final class StatedDevices {
    private static final String PREFIX = "device.";
    private static final Pattern WHOLE = Pattern.compile("(-?\\d{1,18})(?:\\s+(\\S+))?");
    private static final Pattern DECIMAL = Pattern.compile("(-?\\d+\\.\\d+)(?:\\s+(\\S+))?");

    private StatedDevices() {}

    /** A key that does not name vendor, type and name, or lists no id, states nothing. */
    static List<NodeDevice> of(Map<String, String> meta) {
        List<NodeDevice> found = new ArrayList<>();
        new TreeMap<>(meta).forEach((key, value) -> {
            String[] names = key.startsWith(PREFIX) ? key.substring(PREFIX.length()).split("/", 3) : new String[0];
            String[] parts = value.split(";");
            List<NodeDevice.Instance> instances = new ArrayList<>();
            for (String id : parts[0].split(",")) {
                if (!id.isBlank()) {
                    instances.add(new NodeDevice.Instance("", true, id.strip()));
                }
            }
            if (names.length == 3 && !instances.isEmpty()) {
                found.add(new NodeDevice(attributes(parts), instances, names[2], names[1], names[0]));
            }
        });
        return found;
    }

    private static Map<String, NodeDevice.Attribute> attributes(String[] parts) {
        Map<String, NodeDevice.Attribute> attributes = new TreeMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                attributes.put(parts[i].substring(0, equals).strip(), attribute(parts[i].substring(equals + 1).strip()));
            }
        }
        return attributes;
    }

    private static NodeDevice.Attribute attribute(String value) {
        Matcher whole = WHOLE.matcher(value);
        if (whole.matches()) {
            return new NodeDevice.Attribute(null, null, Long.valueOf(whole.group(1)), null, whole.group(2));
        }
        Matcher decimal = DECIMAL.matcher(value);
        if (decimal.matches()) {
            return new NodeDevice.Attribute(null, Double.valueOf(decimal.group(1)), null, null, decimal.group(2));
        }
        return value.equals("true") || value.equals("false") ? new NodeDevice.Attribute(Boolean.valueOf(value), null, null, null, "")
                : new NodeDevice.Attribute(null, null, null, value, "");
    }
}
