package muster.registry.mesh;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A piece of central configuration. (Consul HTTP API: Config)
 *
 * @param fields what it says beside kind and name, by Consul's names: texts, numbers, truths, lists and maps of these;
 *               durations in nanoseconds. See {@link EntryKinds} for each kind's form
 */
public record ConfigEntry(String kind, String name, Map<String, Object> fields, long createIndex, long modifyIndex) {
    public ConfigEntry {
        Objects.requireNonNull(kind);
        name = name == null ? "" : name;
        fields = fields == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public ConfigEntry at(long created, long modified) {
        return new ConfigEntry(kind, name, fields, created, modified);
    }

    /** The same under its kind's only name. */
    ConfigEntry named(String other) {
        return new ConfigEntry(kind, other, fields, createIndex, modifyIndex);
    }

    public boolean saysTheSameAs(ConfigEntry other) {
        return kind.equals(other.kind) && name.equals(other.name) && fields.equals(other.fields);
    }

    /** A part of it, for looking through. */
    public Node root() {
        return new Node(fields);
    }

    /** A map in an entry; what is absent reads as empty. */
    public record Node(Map<String, Object> fields) {
        public String text(String name) {
            return fields.get(name) instanceof String text ? text : "";
        }

        public long number(String name) {
            return fields.get(name) instanceof Number number ? number.longValue() : 0;
        }

        public double real(String name) {
            return fields.get(name) instanceof Number number ? number.doubleValue() : 0;
        }

        public boolean isOn(String name) {
            return Boolean.TRUE.equals(fields.get(name));
        }

        public boolean has(String name) {
            return fields.get(name) != null;
        }

        public Node at(String name) {
            return node(fields.get(name));
        }

        /** The maps of a list. */
        public List<Node> list(String name) {
            List<Node> nodes = new ArrayList<>();
            if (fields.get(name) instanceof List<?> list) {
                list.forEach(element -> nodes.add(node(element)));
            }
            return nodes;
        }

        public List<String> texts(String name) {
            List<String> texts = new ArrayList<>();
            if (fields.get(name) instanceof List<?> list) {
                list.forEach(element -> texts.add(String.valueOf(element)));
            }
            return texts;
        }

        /** The maps in a map, by their keys. */
        public Map<String, Node> members(String name) {
            Map<String, Node> members = new LinkedHashMap<>();
            if (fields.get(name) instanceof Map<?, ?> map) {
                map.forEach((key, value) -> members.put(String.valueOf(key), node(value)));
            }
            return members;
        }

        private static Node node(Object value) {
            if (!(value instanceof Map<?, ?> map)) {
                return new Node(Map.of());
            }
            Map<String, Object> fields = new LinkedHashMap<>();
            map.forEach((key, part) -> fields.put(String.valueOf(key), part));
            return new Node(fields);
        }
    }
}
