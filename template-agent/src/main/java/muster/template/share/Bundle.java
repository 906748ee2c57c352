package muster.template.share;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.template.dependency.Dependency;
import muster.wire.Json;
import muster.wire.JsonException;

/**
 * What the leader of a template knows of its data, as it lies in the key that the others follow: packed JSON, a version, and
 * the values by their dependencies' names.
 *
 * @param complete whether these are all that the template asks for
 * @param values JSON's plain objects
 */
record Bundle(boolean complete, Map<String, Object> values) {
    private static final String VERSION = "muster-1";
    private static final int MAX_BYTES = 64 << 20;

    private record Packed(String version, boolean complete, Map<String, Object> values) {}

    private record Entry(KeyValue value) {}

    private record Entries(List<KeyValue> value) {}

    private record Instances(List<ServiceInstance> value) {}

    private record Summaries(List<ServiceSummary> value) {}

    private record Nodes(List<Node> value) {}

    private record Detail(NodeWithServices value) {}

    private record Names(List<String> value) {}

    /** Of what the leader knows; what is none of the registry's is left out. */
    static Bundle of(boolean complete, Map<Dependency<?>, Object> known) {
        Map<String, Object> values = new TreeMap<>();
        known.forEach((dependency, value) -> {
            if (isShared(dependency)) {
                values.put(dependency.toString(), boxed((Dependency.OfRegistry<?>) dependency, value));
            }
        });
        return new Bundle(complete, values);
    }

    /** Whether every agent sees the same of it: not so for files, for secrets, and for the agent's own node. */
    static boolean isShared(Dependency<?> dependency) {
        return dependency instanceof Dependency.OfRegistry<?>
                && !(dependency instanceof Dependency.NodeDetail node && node.name().isEmpty());
    }

    @SuppressWarnings("unchecked")
    private static Object boxed(Dependency.OfRegistry<?> dependency, Object value) {
        return switch (dependency) {
            case Dependency.RequiredKey ignored -> new Entry(((Optional<KeyValue>) value).orElse(null));
            case Dependency.OptionalKey ignored -> new Entry(((Optional<KeyValue>) value).orElse(null));
            case Dependency.Pairs ignored -> new Entries((List<KeyValue>) value);
            case Dependency.Service ignored -> new Instances((List<ServiceInstance>) value);
            case Dependency.Services ignored -> new Summaries((List<ServiceSummary>) value);
            case Dependency.Nodes ignored -> new Nodes((List<Node>) value);
            case Dependency.NodeDetail ignored -> new Detail(((Optional<NodeWithServices>) value).orElse(null));
            case Dependency.Datacenters ignored -> new Names((List<String>) value);
        };
    }

    boolean has(Dependency<?> dependency) {
        return values.containsKey(dependency.toString());
    }

    /** The values of these, as far as they are there, in their own types. */
    Map<Dependency<?>, Object> valuesOf(Set<Dependency<?>> wanted) {
        Map<Dependency<?>, Object> found = new HashMap<>();
        for (Dependency<?> dependency : wanted) {
            Object json = values.get(dependency.toString());
            if (json != null && isShared(dependency)) {
                found.put(dependency, unboxed((Dependency.OfRegistry<?>) dependency, json));
            }
        }
        return found;
    }

    private static Object unboxed(Dependency.OfRegistry<?> dependency, Object json) {
        return switch (dependency) {
            case Dependency.RequiredKey ignored -> Optional.ofNullable(read(Entry.class, json).value());
            case Dependency.OptionalKey ignored -> Optional.ofNullable(read(Entry.class, json).value());
            case Dependency.Pairs ignored -> list(read(Entries.class, json).value());
            case Dependency.Service ignored -> list(read(Instances.class, json).value());
            case Dependency.Services ignored -> list(read(Summaries.class, json).value());
            case Dependency.Nodes ignored -> list(read(Nodes.class, json).value());
            case Dependency.NodeDetail ignored -> Optional.ofNullable(read(Detail.class, json).value());
            case Dependency.Datacenters ignored -> list(read(Names.class, json).value());
        };
    }

    private static <T> T read(Class<T> type, Object json) {
        return Json.read(type, Json.write(json), Json.Unknown.IGNORE);
    }

    private static <T> List<T> list(List<T> value) {
        return value == null ? List.of() : value;
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(bytes)) {
            packed.write(Json.write(new Packed(VERSION, complete, new LinkedHashMap<>(values))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Empty for what is no bundle, or one of another version. */
    static Optional<Bundle> of(byte[] bytes) {
        try (GZIPInputStream packed = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            Packed read = Json.read(Packed.class, packed.readNBytes(MAX_BYTES), Json.Unknown.IGNORE);
            return VERSION.equals(read.version()) && read.values() != null
                    ? Optional.of(new Bundle(read.complete(), read.values())) : Optional.empty();
        } catch (IOException | JsonException e) {
            return Optional.empty();
        }
    }
}
