package muster.scheduler.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.State;

/**
 * What a job or a group waits for before its first instances are placed: the meta key {@value #KEY} of either names jobs, or groups as
 * {@code job/group}, separated by commas, in the same namespace; {@code /group} is a group of the same job.
 *
 * <p>A service or system job is there when each of its groups has its count of healthy instances: those that their deployment
 * counts as healthy, or that run, where no deployment looks. A batch job is there when it ended well. What runs already stays
 * when a dependency goes away, and is replaced where it fails. Pure.
 */
public final class Dependencies {
    public static final String KEY = "muster.depends_on";
    /** How metrics of a placement that waits begin. */
    public static final String WAITING = "waits for ";

    private Dependencies() {}

    private record On(String job, String group) {
        @Override
        public String toString() {
            return group.isEmpty() ? "job \"" + job + "\"" : "group \"" + group + "\" of job \"" + job + "\"";
        }
    }

    /** The first thing that the group waits for, in words. */
    public static Optional<String> unmet(State state, Job job, TaskGroup group) {
        for (On on : of(job, group)) {
            Job other = on.job().equals(job.id()) ? job : state.job(job.namespace(), on.job());
            if (other == null || other.isStopped() && !"batch".equals(other.type())) {
                return Optional.of(WAITING + on + ", which " + (other == null ? "is not there" : "is stopped"));
            }
            Optional<String> lacking = lacking(state, other, on.group());
            if (lacking.isPresent()) {
                return Optional.of(WAITING + on + ": " + lacking.get());
            }
        }
        return Optional.empty();
    }

    private static List<On> of(Job job, TaskGroup group) {
        List<On> found = new ArrayList<>(read(job, job.meta()));
        found.addAll(read(job, group.meta()));
        return found;
    }

    private static List<On> read(Job job, Map<String, String> meta) {
        List<On> found = new ArrayList<>();
        for (String name : Values.orEmpty(meta).getOrDefault(KEY, "").split(",")) {
            String text = name.strip();
            if (text.startsWith("/")) {
                found.add(new On(job.id(), text.substring(1)));
            } else if (!text.isEmpty()) {
                int slash = text.lastIndexOf('/');
                found.add(slash < 0 ? new On(text, "") : new On(text.substring(0, slash), text.substring(slash + 1)));
            }
        }
        return found;
    }

    private static Optional<String> lacking(State state, Job job, String only) {
        if (!only.isEmpty() && job.group(only) == null) {
            return Optional.of("the job has no such group");
        }
        List<Allocation> allocations = state.allocationsOf(job.namespace(), job.id());
        for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
            if (only.isEmpty() || group.name().equals(only)) {
                List<Allocation> own = allocations.stream().filter(a -> a.taskGroup().equals(group.name())).toList();
                long there = job.type().endsWith("batch")
                        ? own.stream().filter(a -> a.clientStatus().equals(Allocation.COMPLETE)).count()
                        : own.stream().filter(Dependencies::isHealthy).count();
                long wanted = job.type().startsWith("sys") ? Math.max(1, own.stream().filter(a -> !a.isServerTerminal()).count())
                        : group.count() == null ? 1 : group.count();
                if (there < wanted) {
                    return Optional.of(there + " of " + wanted + (job.type().endsWith("batch") ? " have ended well" : " are healthy"));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isHealthy(Allocation allocation) {
        boolean looked = !allocation.deploymentId().isEmpty();
        return !allocation.isTerminal() && allocation.clientStatus().equals(Allocation.RUNNING) && (!looked || allocation.isHealthy());
    }

    /** The way from the job back to itself, if it has one; a job that is not there yet ends every way. */
    public static Optional<String> circle(State state, Job job) {
        Map<String, Set<String>> ways = new LinkedHashMap<>();
        return circle(state, job, job.id(), new ArrayList<>(List.of(job.id())), new HashSet<>(), ways);
    }

    private static Optional<String> circle(State state, Job job, String at, List<String> path, Set<String> seen,
            Map<String, Set<String>> ways) {
        for (String next : ways.computeIfAbsent(at, id -> jobs(id.equals(job.id()) ? job : state.job(job.namespace(), id)))) {
            if (next.equals(job.id())) {
                return Optional.of(String.join(" -> ", path) + " -> " + next);
            }
            if (seen.add(next)) {
                path.add(next);
                Optional<String> found = circle(state, job, next, path, seen, ways);
                if (found.isPresent()) {
                    return found;
                }
                path.removeLast();
            }
        }
        return Optional.empty();
    }

    /** The other jobs that a job or any of its groups names, and itself where it waits for all of itself. */
    private static Set<String> jobs(Job job) {
        Set<String> names = new HashSet<>();
        if (job != null) {
            for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
                for (On on : of(job, group)) {
                    if (!on.job().equals(job.id()) || on.group().isEmpty() || on.group().equals(group.name())) {
                        names.add(on.job());
                    }
                }
            }
        }
        return names;
    }
}
