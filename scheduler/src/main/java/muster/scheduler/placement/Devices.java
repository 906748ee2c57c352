package muster.scheduler.placement;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.scheduler.job.Affinity;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.RequestedDevice;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedDevice;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeDevice;
import muster.scheduler.state.NodeUse;

/**
 * Which instances of a node's devices a request gets (job specification page "device"). A request names a type, a vendor and
 * type, or these and a name; its constraints and affinities look at the kind's attributes, numbers with their units.
 */
final class Devices {
    private static final Pattern MEASURE = Pattern.compile("\\s*(-?\\d+(?:\\.\\d+)?)\\s*([A-Za-z/]*)\\s*");
    private static final Map<String, BigDecimal> FACTORS = Map.ofEntries(
            factor("", "1"), factor("B", "1"), factor("kB", "1e3"), factor("MB", "1e6"), factor("GB", "1e9"),
            factor("TB", "1e12"), factor("KiB", "1024"), factor("MiB", "1048576"), factor("GiB", "1073741824"),
            factor("TiB", "1099511627776"), factor("B/s", "1"), factor("kB/s", "1e3"), factor("MB/s", "1e6"),
            factor("GB/s", "1e9"), factor("KiB/s", "1024"), factor("MiB/s", "1048576"), factor("GiB/s", "1073741824"),
            factor("Hz", "1"), factor("MHz", "1e6"), factor("GHz", "1e9"), factor("mW", "1"), factor("W", "1e3"),
            factor("kW", "1e6"), factor("MW", "1e9"), factor("GW", "1e12"));

    private final Node node;
    private final Set<String> used;
    private double matched;
    private double weights;

    private static Map.Entry<String, BigDecimal> factor(String unit, String value) {
        return Map.entry(unit, new BigDecimal(value));
    }

    Devices(Node node, NodeUse use) {
        this.node = node;
        used = new HashSet<>(Arrays.asList(use.devices()));
    }

    /** Whether the node has enough healthy instances of one kind, given out or not. */
    static boolean has(Node node, RequestedDevice asked) {
        return Values.orEmpty(node.nodeResources().devices()).stream().anyMatch(device -> fits(asked, device)
                && Values.orEmpty(device.instances()).stream().filter(NodeDevice.Instance::healthy).count() >= count(asked));
    }

    private static long count(RequestedDevice asked) {
        return asked.count() == null ? 1 : asked.count();
    }

    private static boolean fits(RequestedDevice asked, NodeDevice device) {
        String[] parts = asked.name().split("/", 3);
        boolean named = switch (parts.length) {
            case 1 -> parts[0].equals(device.type());
            case 2 -> parts[0].equals(device.vendor()) && parts[1].equals(device.type());
            default -> asked.name().equals(device.id());
        };
        for (Constraint constraint : Values.orEmpty(asked.constraints())) {
            named = named && meets(constraint.lTarget(), constraint.operand(), constraint.rTarget(), device);
        }
        return named;
    }

    private static boolean meets(String left, String operand, String right, NodeDevice device) {
        Optional<String> l = value(left, device);
        Optional<String> r = value(right, device);
        Optional<BigDecimal> a = l.flatMap(Devices::measure);
        Optional<BigDecimal> b = r.flatMap(Devices::measure);
        if (a.isPresent() && b.isPresent()) {
            int order = a.get().compareTo(b.get());
            switch (operand) {
                case "=", "==", "is": return order == 0;
                case "!=", "not": return order != 0;
                case "<": return order < 0;
                case "<=": return order <= 0;
                case ">": return order > 0;
                case ">=": return order >= 0;
                default: break;
            }
        }
        return Conditions.meets(operand, l, r);
    }

    private static Optional<BigDecimal> measure(String text) {
        Matcher matcher = MEASURE.matcher(text);
        return matcher.matches() && FACTORS.containsKey(matcher.group(2))
                ? Optional.of(new BigDecimal(matcher.group(1)).multiply(FACTORS.get(matcher.group(2)))) : Optional.empty();
    }

    private static Optional<String> value(String target, NodeDevice device) {
        return switch (target) {
            case "${device.model}" -> Optional.of(device.name());
            case "${device.vendor}" -> Optional.of(device.vendor());
            case "${device.type}" -> Optional.of(device.type());
            case "${device.ids}" -> Optional.of(String.join(",",
                    Values.orEmpty(device.instances()).stream().map(NodeDevice.Instance::id).toList()));
            default -> target.startsWith("${device.attr.") && target.endsWith("}")
                    ? Optional.ofNullable(Values.orEmpty(device.attributes()).get(target.substring(14, target.length() - 1)))
                            .map(NodeDevice.Attribute::spelled)
                    : target.startsWith("${") ? Optional.empty() : Optional.of(target);
        };
    }

    /** Instances of the kind that the request likes best, taken from now on; empty when no kind has enough that are free. */
    Optional<AllocatedDevice> take(RequestedDevice asked) {
        AllocatedDevice best = null;
        double bestLiking = Double.NEGATIVE_INFINITY;
        for (NodeDevice device : Values.orEmpty(node.nodeResources().devices())) {
            List<String> free = fits(asked, device) ? free(device, count(asked)) : List.of();
            double liking = liking(asked, device);
            if (!free.isEmpty() && liking > bestLiking) {
                best = new AllocatedDevice(free, device.name(), device.type(), device.vendor());
                bestLiking = liking;
            }
        }
        if (best != null) {
            for (String id : best.deviceIDs()) {
                used.add(NodeUse.instance(best, id));
            }
            matched += bestLiking;
            Values.orEmpty(asked.affinities()).forEach(affinity -> weights += Math.abs(weight(affinity)));
        }
        return Optional.ofNullable(best);
    }

    private List<String> free(NodeDevice device, long count) {
        List<String> free = new ArrayList<>();
        for (NodeDevice.Instance instance : Values.orEmpty(device.instances())) {
            if (instance.healthy() && free.size() < count && !used.contains(device.id() + '#' + instance.id())) {
                free.add(instance.id());
            }
        }
        return free.size() < count ? List.of() : free;
    }

    /** How many healthy instances that fit are free. */
    long left(RequestedDevice asked) {
        return Values.orEmpty(node.nodeResources().devices()).stream().filter(device -> fits(asked, device))
                .mapToLong(device -> Values.orEmpty(device.instances()).stream().filter(instance -> instance.healthy()
                        && !used.contains(device.id() + '#' + instance.id())).count()).max().orElse(0);
    }

    private static double liking(RequestedDevice asked, NodeDevice device) {
        double sum = 0;
        for (Affinity affinity : Values.orEmpty(asked.affinities())) {
            sum += meets(affinity.lTarget(), affinity.operand(), affinity.rTarget(), device) ? weight(affinity) : 0;
        }
        return sum;
    }

    private static int weight(Affinity affinity) {
        return affinity.weight() == null ? 50 : affinity.weight();
    }

    /** How much what was taken is liked, from -1 to 1; not a number when no request cares. */
    double score() {
        return weights == 0 ? Double.NaN : matched / weights;
    }
}
