package muster.scheduler.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The blocks of a group and a task that have blocks inside them. Names are those that Nomad shows. */
final class Blocks {
    private static final Set<String> NOTHING = Set.of();
    private final boolean contextual;

    Blocks(boolean contextual) {
        this.contextual = contextual;
    }

    ObjectDiff network(Map<String, Object> before, Map<String, Object> after) {
        Set<String> without = Set.of("Device", "CIDR", "IP");
        List<ObjectDiff> objects = new ArrayList<>();
        objects.addAll(ports("Static Port", "ReservedPorts", before, after, NOTHING));
        objects.addAll(ports("Dynamic Port", "DynamicPorts", before, after, Set.of("Value")));
        Objects.add(objects, dns(Objects.object(before, "DNS"), Objects.object(after, "DNS")));
        return Objects.composed("Network", before, after, withHostname(before, without), withHostname(after, without), objects, contextual);
    }

    /** A stored network has a host name only where one was given; it is shown in either case. */
    private static Map<String, String> withHostname(Map<String, Object> network, Set<String> without) {
        Map<String, String> fields = Flat.scalars(network, without, NOTHING);
        if (network != null) {
            fields.putIfAbsent("Hostname", "");
        }
        return fields;
    }

    private List<ObjectDiff> ports(String name, String member, Map<String, Object> before, Map<String, Object> after, Set<String> without) {
        return Objects.set(Objects.objects(before, member), Objects.objects(after, member),
                (a, b) -> Objects.plain(name, a, b, without, NOTHING, contextual));
    }

    private ObjectDiff dns(Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>();
        for (String member : List.of("Servers", "Searches", "Options")) {
            Objects.add(objects, Objects.texts(member, Objects.list(before, member), Objects.list(after, member), contextual));
        }
        return Objects.composed("DNS", before, after, Map.of(), Map.of(), objects, contextual);
    }

    ObjectDiff service(Map<String, Object> before, Map<String, Object> after) {
        Set<String> maps = Set.of("Meta", "CanaryMeta", "TaggedAddresses");
        List<ObjectDiff> objects = new ArrayList<>();
        for (String member : List.of("CanaryTags", "Tags")) {
            Objects.add(objects, Objects.texts(member, Objects.list(before, member), Objects.list(after, member), contextual));
        }
        objects.addAll(Objects.named("Name", Objects.objects(before, "Checks"), Objects.objects(after, "Checks"), this::check));
        Objects.add(objects, Objects.composed("ConsulConnect", Objects.object(before, "Connect"), Objects.object(after, "Connect"),
                Flat.deep(Objects.object(before, "Connect")), Flat.deep(Objects.object(after, "Connect")), List.of(), contextual));
        return Objects.composed("Service", before, after, Flat.scalars(before, NOTHING, maps), Flat.scalars(after, NOTHING, maps),
                objects, contextual);
    }

    private ObjectDiff check(Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>();
        Objects.add(objects, Objects.composed("Header", Objects.object(before, "Header"), Objects.object(after, "Header"),
                Flat.deep(Objects.object(before, "Header")), Flat.deep(Objects.object(after, "Header")), List.of(), contextual));
        Objects.add(objects, Objects.plain("CheckRestart", Objects.object(before, "CheckRestart"), Objects.object(after, "CheckRestart"),
                contextual));
        Objects.add(objects, Objects.texts("Args", Objects.list(before, "Args"), Objects.list(after, "Args"), contextual));
        return Objects.composed("Check", before, after, Flat.scalars(before, NOTHING, NOTHING), Flat.scalars(after, NOTHING, NOTHING),
                objects, contextual);
    }

    ObjectDiff resources(Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>(
                Objects.set(Objects.objects(before, "Networks"), Objects.objects(after, "Networks"), this::network));
        objects.addAll(Objects.set(Objects.objects(before, "Devices"), Objects.objects(after, "Devices"), this::device));
        return Objects.composed("Resources", before, after, Flat.scalars(before, NOTHING, NOTHING), Flat.scalars(after, NOTHING, NOTHING),
                objects, contextual);
    }

    private ObjectDiff device(Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>();
        objects.addAll(conditions("Constraint", "Constraints", before, after));
        objects.addAll(conditions("Affinity", "Affinities", before, after));
        return Objects.composed("Device", before, after, Flat.scalars(before, NOTHING, NOTHING), Flat.scalars(after, NOTHING, NOTHING),
                objects, contextual);
    }

    /** Constraints or affinities of a job, group, task or device. */
    List<ObjectDiff> conditions(String name, String member, Map<String, Object> before, Map<String, Object> after) {
        return Objects.set(Objects.objects(before, member), Objects.objects(after, member),
                (a, b) -> Objects.plain(name, a, b, contextual));
    }

    /** A task's free-form configuration. */
    ObjectDiff config(Map<String, Object> before, Map<String, Object> after) {
        Map<String, Object> left = before == null || before.isEmpty() ? null : before;
        Map<String, Object> right = after == null || after.isEmpty() ? null : after;
        return Objects.composed("Config", left, right, Flat.deep(left), Flat.deep(right), List.of(), contextual);
    }

    ObjectDiff vault(Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>();
        Objects.add(objects, Objects.texts("Policies", Objects.list(before, "Policies"), Objects.list(after, "Policies"), contextual));
        return Objects.composed("Vault", before, after, Flat.scalars(before, NOTHING, NOTHING), Flat.scalars(after, NOTHING, NOTHING),
                objects, contextual);
    }

    ObjectDiff volume(Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>();
        Objects.add(objects, Objects.plain("MountOptions", Objects.object(before, "MountOptions"), Objects.object(after, "MountOptions"),
                contextual));
        return Objects.composed("Volume", before, after, Flat.scalars(before, NOTHING, NOTHING), Flat.scalars(after, NOTHING, NOTHING),
                objects, contextual);
    }

    ObjectDiff parameterized(Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>();
        for (String member : List.of("MetaOptional", "MetaRequired")) {
            Objects.add(objects, Objects.texts(member, Objects.list(before, member), Objects.list(after, member), contextual));
        }
        return Objects.composed("ParameterizedJob", before, after, Flat.scalars(before, NOTHING, NOTHING),
                Flat.scalars(after, NOTHING, NOTHING), objects, contextual);
    }
}
