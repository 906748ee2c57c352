package muster.scheduler.state;

import java.util.List;
import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** Devices of one kind that a node has, each instance to be given out as a whole (API page "Nodes", {@code Devices}). */
public record NodeDevice(
        Map<String, Attribute> attributes,
        List<Instance> instances,
        String name,
        String type,
        String vendor) {
    public NodeDevice {
        attributes = Values.map(attributes);
        instances = Values.list(instances);
        name = Values.text(name);
        type = Values.text(type);
        vendor = Values.text(vendor);
    }

    /** One of them; only a healthy one is given out. */
    public record Instance(
            String healthDescription,
            boolean healthy,
            @Key("ID") String id) {
        public Instance {
            healthDescription = Values.text(healthDescription);
            id = Values.text(id);
        }
    }

    /** A property of the kind; exactly one of the values is there. */
    public record Attribute(
            @Key("Bool") Boolean bool,
            @Key("Float") Double decimal,
            @Key("Int") Long whole,
            @Key("String") String text,
            String unit) {
        public Attribute {
            unit = Values.text(unit);
        }

        /** As a job's constraint would spell it: the number with its unit, the text, {@code true} or {@code false}. */
        public String spelled() {
            String value = bool != null ? bool.toString() : whole != null ? whole.toString()
                    : decimal != null ? decimal.toString() : Values.text(text);
            return unit.isEmpty() ? value : value + ' ' + unit;
        }
    }

    /** Vendor, type and name, as requests spell them in full. */
    public String id() {
        return vendor + '/' + type + '/' + name;
    }
}
