package muster.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;

/** Jobs with what is kept for each: versions and their sources, scaling events, the last launch. Part of an {@link Edit}. */
final class JobEdit {
    private final Statuses statuses;
    private final Touched touched;
    private Table<Job> jobs;
    private Table<List<Job>> versions;
    private Table<List<JobSubmission>> submissions;
    private Table<Map<String, List<ScalingEvent>>> scalingEvents;
    private Table<Long> launches;

    JobEdit(State from, Statuses statuses, Touched touched) {
        this.statuses = statuses;
        this.touched = touched;
        jobs = from.jobs();
        versions = from.versions();
        submissions = from.submissions();
        scalingEvents = from.scalingEvents();
        launches = from.launches();
    }

    Table<Job> jobs() {
        return jobs;
    }

    Table<List<Job>> versions() {
        return versions;
    }

    Table<List<JobSubmission>> submissions() {
        return submissions;
    }

    Table<Map<String, List<ScalingEvent>>> scalingEvents() {
        return scalingEvents;
    }

    Table<Long> launches() {
        return launches;
    }

    /** A version that is still kept, null where it is not. */
    Job version(String namespace, String id, long version) {
        for (Job job : Values.orEmpty(versions.get(State.key(namespace, id)))) {
            if (job.version() == version) {
                return job;
            }
        }
        return null;
    }

    void put(Job job) {
        String key = State.key(job.namespace(), job.id());
        List<Job> kept = new ArrayList<>();
        kept.add(job);
        for (Job old : Values.orEmpty(versions.get(key))) {
            if (!old.version().equals(job.version())) {
                kept.add(old);
            }
        }
        versions = versions.with(key, Values.list(trimmed(kept)));
        jobs = jobs.with(key, job);
        touched.topic(Topic.JOBS, Topic.job(job.namespace(), job.id()));
        statuses.unsettled(key);
        statuses.ensureSummary(job);
        touched.change("Job", job.id(), job.namespace(), List.of(Values.text(job.parentId())), job);
    }

    /** The newest versions, those that have a tag, and the newest stable one even when it is older than these. */
    private static List<Job> trimmed(List<Job> kept) {
        if (kept.size() <= State.MAX_VERSIONS) {
            return kept;
        }
        List<Job> untagged = kept.stream().filter(job -> job.versionTag() == null).toList();
        List<Job> newest = new ArrayList<>(untagged.subList(0, Math.min(untagged.size(), State.MAX_VERSIONS)));
        if (newest.stream().noneMatch(job -> Boolean.TRUE.equals(job.stable()))) {
            kept.stream().filter(job -> Boolean.TRUE.equals(job.stable())).findFirst()
                    .ifPresent(stable -> keepLast(newest, stable));
        }
        return kept.stream().filter(job -> job.versionTag() != null || newest.contains(job)).toList();
    }

    private static void keepLast(List<Job> newest, Job stable) {
        if (stable.versionTag() == null) {
            newest.set(newest.size() - 1, stable);
        }
    }

    /** Replaces a version in the list of versions, and the job itself when it is the current one. */
    void replaceVersion(Job changed) {
        String key = State.key(changed.namespace(), changed.id());
        List<Job> kept = new ArrayList<>(Values.orEmpty(versions.get(key)));
        kept.replaceAll(job -> job.version().equals(changed.version()) ? changed : job);
        versions = versions.with(key, Values.list(kept));
        Job current = jobs.get(key);
        if (current != null && current.version().equals(changed.version())) {
            jobs = jobs.with(key, changed);
        }
        touched.topic(Topic.JOBS, Topic.job(changed.namespace(), changed.id()));
    }

    /** Keeps the source of a version as long as the versions themselves are kept. */
    void putSubmission(JobSubmission submission) {
        String key = State.key(submission.namespace(), submission.jobId());
        List<JobSubmission> kept = new ArrayList<>(List.of(submission));
        for (JobSubmission old : Values.orEmpty(submissions.get(key))) {
            if (old.version() != submission.version() && version(old.namespace(), old.jobId(), old.version()) != null) {
                kept.add(old);
            }
        }
        submissions = submissions.with(key, List.copyOf(kept));
    }

    void addScalingEvent(String namespace, String job, String group, ScalingEvent event) {
        String key = State.key(namespace, job);
        Map<String, List<ScalingEvent>> groups = new TreeMap<>(Values.orEmpty(scalingEvents.get(key)));
        List<ScalingEvent> events = new ArrayList<>();
        events.add(event.at(touched.index));
        events.addAll(Values.orEmpty(groups.get(group)));
        groups.put(group, Values.list(events.subList(0, Math.min(events.size(), ScalingEvent.MAX_KEPT))));
        scalingEvents = scalingEvents.with(key, groups);
        touched.topic(Topic.SCALING, Topic.scaling(namespace, job));
    }

    void setLaunch(String namespace, String id, long time) {
        launches = launches.with(State.key(namespace, id), time);
    }

    void remove(String namespace, String id) {
        String key = State.key(namespace, id);
        statuses.removed(key, jobs.get(key));
        jobs = jobs.without(key);
        versions = versions.without(key);
        scalingEvents = scalingEvents.without(key);
        launches = launches.without(key);
        submissions = submissions.without(key);
        touched.gone(Topic.job(namespace, id));
        touched.gone(Topic.summary(namespace, id));
        touched.gone(Topic.scaling(namespace, id));
        touched.topic(Topic.JOBS);
    }
}
