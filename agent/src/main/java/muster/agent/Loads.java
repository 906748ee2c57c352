package muster.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import muster.scheduler.broker.LoadSource;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.State;

/**
 * What instances have to do, as this agent sees it: requests by what its balancer sent to their ports, processor time of those that
 * run on its own node. Instances that it does not see do not count for the mean. Any thread.
 */
final class Loads implements LoadSource {
    private record Seen(long total, long nanos) {}

    private final Supplier<Map<String, Long>> requests;
    private final ToDoubleFunction<Allocation> cpuPercent;
    private final LongSupplier nanos;
    /** By address, as of the last look. */
    private final Map<String, Seen> seen = new HashMap<>();

    /**
     * @param requests sent so far, by {@code host:port}
     * @param cpuPercent of what an allocation was granted; not a number for one that is not known here
     */
    Loads(Supplier<Map<String, Long>> requests, ToDoubleFunction<Allocation> cpuPercent, LongSupplier nanos) {
        this.requests = requests;
        this.cpuPercent = cpuPercent;
        this.nanos = nanos;
    }

    @Override
    public OptionalDouble perInstance(State state, String namespace, String job, String group, String query) {
        List<Allocation> running = state.allocationsOf(namespace, job).stream()
                .filter(a -> a.taskGroup().equals(group) && !a.isTerminal() && a.clientStatus().equals(Allocation.RUNNING)).toList();
        return query.equals("cpu") ? running.stream().mapToDouble(cpuPercent).filter(percent -> !Double.isNaN(percent)).average()
                : requestsPerSecond(running);
    }

    private synchronized OptionalDouble requestsPerSecond(List<Allocation> running) {
        Map<String, Long> totals = requests.get();
        long now = nanos.getAsLong();
        double sum = 0;
        int known = 0;
        for (Allocation allocation : running) {
            Optional<Double> rate = rate(allocation, totals, now);
            if (rate.isPresent()) {
                sum += rate.get();
                known++;
            }
        }
        seen.keySet().retainAll(totals.keySet());
        return known == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / known);
    }

    /** Of all ports together; empty at the first look at an instance, and where nothing is routed to it. */
    private Optional<Double> rate(Allocation allocation, Map<String, Long> totals, long now) {
        Double rate = null;
        if (allocation.allocatedResources() != null && allocation.allocatedResources().shared() != null) {
            for (AllocatedPort port : Values.orEmpty(allocation.allocatedResources().shared().ports())) {
                String address = port.hostIP() + ':' + port.value();
                Long total = totals.get(address);
                Seen before = total == null ? null : seen.put(address, new Seen(total, now));
                if (before != null && now > before.nanos()) {
                    rate = (rate == null ? 0 : rate) + Math.max(0, total - before.total()) / ((now - before.nanos()) / 1e9);
                }
            }
        }
        return Optional.ofNullable(rate);
    }
}
