package muster.scheduler.state;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;

/**
 * What follows from jobs' allocations, evaluations and children: the summaries, which are counted with each change, and the jobs'
 * statuses, which are settled once at the end. Part of an {@link Edit}.
 */
final class Statuses {
    private static final TaskGroupSummary NOTHING = new TaskGroupSummary(0, 0, 0, 0, 0, 0);

    private final Touched touched;
    private final Set<String> unsettled = new LinkedHashSet<>();
    private Table<JobSummary> summaries;

    Statuses(Table<JobSummary> summaries, Touched touched) {
        this.summaries = summaries;
        this.touched = touched;
    }

    Table<JobSummary> summaries() {
        return summaries;
    }

    /** A job's status may be another now. */
    void unsettled(String jobKey) {
        unsettled.add(jobKey);
    }

    /** Gives each job concerned the status that its allocations and evaluations make. */
    void settle(JobEdit jobs, AllocationEdit allocations, EvaluationEdit evaluations) {
        for (String key : unsettled) {
            Job job = jobs.jobs().get(key);
            if (job == null) {
                continue;
            }
            String status = of(job, allocations.byJob(), evaluations.byJob());
            if (!status.equals(job.status())) {
                jobs.replaceVersion(job.withStatus(status).withModifyIndex(touched.index));
                countChild(job, job.createIndex() == touched.index ? null : job.status(), status);
            } else if (job.createIndex() == touched.index) {
                countChild(job, null, status);
            }
        }
    }

    private static String of(Job job, Table<Allocation> allocations, Table<Evaluation> evaluations) {
        if ("system".equals(job.type()) || job.hasChildren()) {
            return job.isStopped() ? "dead" : "running";
        }
        String own = State.key(job.namespace(), job.id(), "");
        boolean[] found = new boolean[2];
        allocations.scan(own, (key, allocation) -> {
            found[0] = true;
            found[1] = !allocation.isTerminal();
            return !found[1];
        });
        if (found[1]) {
            return "running";
        }
        evaluations.scan(own, (key, evaluation) -> {
            found[0] = true;
            found[1] = !evaluation.isTerminal();
            return !found[1];
        });
        if (found[1]) {
            return "pending";
        }
        return found[0] || "dead".equals(job.status()) || "running".equals(job.status()) ? "dead" : "pending";
    }

    /** @param job null where there was none */
    void removed(String key, Job job) {
        if (job != null) {
            countChild(job, job.status(), null);
        }
        summaries = summaries.without(key);
        unsettled.remove(key);
    }

    void ensureSummary(Job job) {
        JobSummary old = summaries.get(State.key(job.namespace(), job.id()));
        Map<String, TaskGroupSummary> groups = new TreeMap<>(old == null ? Map.of() : Values.orEmpty(old.summary()));
        boolean grew = old == null;
        for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
            grew |= groups.putIfAbsent(group.name(), NOTHING) == null;
        }
        if (grew) {
            JobSummary base = old != null ? old
                    : new JobSummary(new JobChildrenSummary(0, 0, 0), touched.index, job.id(), touched.index, job.namespace(), Map.of());
            put(base, base.children(), groups);
        }
    }

    /** Notes how many instances an evaluation left without a node. */
    void queued(Evaluation evaluation) {
        JobSummary summary = summaries.get(State.key(evaluation.namespace(), evaluation.jobId()));
        if (summary == null || evaluation.queuedAllocations() == null) {
            return;
        }
        Map<String, TaskGroupSummary> groups = new TreeMap<>(Values.orEmpty(summary.summary()));
        evaluation.queuedAllocations().forEach((name, count) -> groups.computeIfPresent(name, (same, g) ->
                new TaskGroupSummary(g.complete(), g.failed(), g.lost(), count, g.running(), g.starting())));
        put(summary, summary.children(), groups);
    }

    /** @param old null where the allocation is new */
    void count(Allocation old, Allocation now) {
        JobSummary summary = summaries.get(State.key(now.namespace(), now.jobId()));
        boolean moved = old == null || !old.clientStatus().equals(now.clientStatus());
        if (summary == null || !moved || !summary.summary().containsKey(now.taskGroup())) {
            return;
        }
        Map<String, TaskGroupSummary> groups = new TreeMap<>(summary.summary());
        groups.put(now.taskGroup(), groups.get(now.taskGroup()).moved(old == null ? null : old.clientStatus(), now.clientStatus()));
        put(summary, summary.children(), groups);
    }

    /** Counts each job's allocations from scratch. */
    void recount(AllocationEdit allocations) {
        for (JobSummary summary : summaries.values()) {
            Map<String, TaskGroupSummary> groups = new TreeMap<>();
            summary.summary().forEach((name, g) -> groups.put(name, new TaskGroupSummary(0, 0, 0, g.queued(), 0, 0)));
            summaries = summaries.with(State.key(summary.namespace(), summary.jobId()), new JobSummary(summary.children(),
                    summary.createIndex(), summary.jobId(), summary.modifyIndex(), summary.namespace(), groups));
            for (Allocation allocation : allocations.byJob().startingWith(State.key(summary.namespace(), summary.jobId(), ""))) {
                count(null, allocation);
            }
        }
    }

    private void put(JobSummary from, JobChildrenSummary children, Map<String, TaskGroupSummary> groups) {
        JobSummary changed = new JobSummary(children, from.createIndex(), from.jobId(), touched.index, from.namespace(), groups);
        summaries = summaries.with(State.key(from.namespace(), from.jobId()), changed);
        touched.topic("job_summary", Topic.summary(from.namespace(), from.jobId()));
        touched.topic(Topic.JOBS);
    }

    private void countChild(Job job, String from, String to) {
        JobSummary parent = Values.text(job.parentId()).isEmpty()
                ? null
                : summaries.get(State.key(job.namespace(), job.parentId()));
        if (parent != null) {
            put(parent, parent.children().moved(from, to), parent.summary());
        }
    }
}
