package muster.scheduler.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;

/**
 * Instances whose nodes give no sign of life, where the group says that this is not at once the end (job specification, group:
 * {@code max_client_disconnect}, {@code stop_after_client_disconnect}).
 *
 * <p>With the first, a running instance becomes unknown and is replaced; it is lost when its time is over, and when it comes back
 * before, the replacement stops, unless the instance is of an older version or has failed meanwhile. With the second, it is
 * neither lost nor replaced before its time is over, since its client stops it only then. One use, on one thread.
 */
final class Absent {
    private static final String UNKNOWN = "alloc is unknown since its node is disconnected";
    private static final String RECONNECTED = "alloc not needed due to disconnected client reconnect";

    /** Unknown as of now; to be replaced. */
    final Map<String, Allocation> away = new LinkedHashMap<>();
    /** Counted as if they were there. */
    final Map<String, Allocation> held = new LinkedHashMap<>();

    private final Reconciler.Input in;
    private final Changes out;
    private final Job job;
    private final TaskGroup group;

    Absent(Reconciler.Input in, Changes out, TaskGroup group) {
        this.in = in;
        this.out = out;
        job = in.job();
        this.group = group;
    }

    /** Takes out of the lost and of the rest what is only away. */
    void separate(Tainted sets) {
        for (Allocation allocation : List.copyOf(sets.lost.values())) {
            Node node = in.tainted().getOrDefault(allocation.nodeId(), Optional.empty()).orElse(null);
            Duration stopAfter = group.stopAfterClientDisconnect();
            if (node == null) {
                continue;
            }
            if (group.maxClientDisconnect() != null && node.status().equals(Node.DISCONNECTED)) {
                disconnected(allocation, sets);
            } else if (stopAfter != null && stopAfter.isPositive()) {
                Instant due = Instant.ofEpochSecond(node.statusUpdatedAt()).plus(stopAfter);
                if (in.now().isBefore(due)) {
                    sets.lost.remove(allocation.id());
                    held.put(allocation.id(), allocation);
                    if (allocation.followupEvalId().isEmpty()) {
                        out.followups.put(allocation.id(), followUp(due, "created for delayed replacement of lost allocs"));
                    }
                }
            }
        }
    }

    private void disconnected(Allocation allocation, Tainted sets) {
        if (allocation.clientStatus().equals(Allocation.UNKNOWN)) {
            Instant due = Instant.ofEpochSecond(0, allocation.modifyTime()).plus(group.maxClientDisconnect());
            if (in.now().isBefore(due)) {
                sets.lost.remove(allocation.id());
            }
        } else if (allocation.clientStatus().equals(Allocation.RUNNING)) {
            sets.lost.remove(allocation.id());
            away.put(allocation.id(), allocation);
            out.disconnect.add(new Changes.Stop(allocation, Allocation.UNKNOWN, UNKNOWN,
                    followUp(in.now().plus(group.maxClientDisconnect()), "created for delayed disconnected alloc replacement")));
        }
    }

    private String followUp(Instant time, String description) {
        long stamp = Rescheduling.nanos(in.now());
        Evaluation made = new Evaluation(false, "", null, 0, stamp, "", false, null, in.ids().get(), in.jobId(), job.modifyIndex(), "", 0,
                stamp, in.namespace(), "", "", 0, "", job.priority(), null, "", 0, Evaluation.PENDING, description,
                "max-disconnect-timeout", job.type(), Duration.ZERO, time);
        out.evaluations.add(made);
        return made.id();
    }

    /** Of each instance that came back and what replaced it meanwhile, stops one; returns how many. */
    int settleReturned(Map<String, Allocation> untainted) {
        int stopped = 0;
        for (Allocation replacement : List.copyOf(untainted.values())) {
            Allocation original = untainted.get(replacement.previousAllocation());
            boolean both = original != null && !replacement.isTerminal() && original.clientStatus().equals(Allocation.RUNNING)
                    && !original.isServerTerminal() && original.nextAllocation().equals(replacement.id());
            if (both && group.maxClientDisconnect() != null) {
                boolean current = original.job().version() >= replacement.job().version();
                Allocation unneeded = current ? replacement : original;
                out.stop(List.of(unneeded), "", RECONNECTED);
                untainted.remove(unneeded.id());
                stopped++;
            }
        }
        return stopped;
    }
}
