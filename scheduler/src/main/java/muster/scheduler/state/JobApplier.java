package muster.scheduler.state;

import java.util.List;
import java.util.Objects;
import muster.scheduler.job.Job;

/** What the commands about jobs and their versions do to the state. Pure, as {@link Applier}, whose part it is. */
final class JobApplier {
    private final Edit edit;
    private final State before;

    JobApplier(Edit edit, State before) {
        this.edit = edit;
        this.before = before;
    }

    long register(Command.RegisterJob c) {
        Job old = before.job(c.job().namespace(), c.job().id());
        if (c.enforceIndex()) {
            enforce(old, c.jobModifyIndex());
        }
        Job stored = store(c.job(), old);
        if (c.submission() != null) {
            edit.jobs.putSubmission(c.submission().of(stored.namespace(), stored.id(), stored.version(), edit.index));
        }
        if (c.scale() != null) {
            edit.jobs.addScalingEvent(stored.namespace(), stored.id(), c.scale().group(), c.scale().event());
        }
        if (c.evaluation() != null) {
            edit.evaluations.put(withJobIndex(c.evaluation(), stored.jobModifyIndex()));
        }
        return stored.jobModifyIndex();
    }

    private static void enforce(Job old, long wanted) {
        if (wanted == 0 && old != null) {
            throw new RefusedException("Enforcing job modify index 0: job already exists");
        }
        if (wanted != 0 && old == null) {
            throw new RefusedException("Enforcing job modify index " + wanted + ": job does not exist");
        }
        if (wanted != 0 && old.jobModifyIndex() != wanted) {
            throw new RefusedException("Enforcing job modify index " + wanted
                    + ": job exists with conflicting job modify index: " + old.jobModifyIndex());
        }
    }

    Job store(Job job, Job old) {
        if (old != null && JobSpec.isSame(job, old)) {
            return old;
        }
        Job stored = job.withCreateIndex(old == null ? edit.index : old.createIndex())
                .withModifyIndex(edit.index)
                .withJobModifyIndex(edit.index)
                .withVersion(old == null ? 0 : old.version() + 1)
                .withStable(false)
                .withVersionTag(null)
                .withStatus(old == null ? "pending" : old.status());
        edit.jobs.put(stored);
        return stored;
    }

    private static Evaluation withJobIndex(Evaluation e, long index) {
        return new Evaluation(e.annotatePlan(), e.blockedEval(), e.classEligibility(), e.createIndex(), e.createTime(),
                e.deploymentId(), e.escapedComputedClass(), e.failedTGAllocs(), e.id(), e.jobId(), index, e.leaderACL(),
                e.modifyIndex(), e.modifyTime(), e.namespace(), e.nextEval(), e.nodeId(), e.nodeModifyIndex(),
                e.previousEval(), e.priority(), e.queuedAllocations(), e.quotaLimitReached(), e.snapshotIndex(), e.status(),
                e.statusDescription(), e.triggeredBy(), e.type(), e.delay(), e.waitUntil());
    }

    long deregister(Command.DeregisterJob c) {
        Job old = before.job(c.namespace(), c.id());
        long modified = edit.index;
        if (old != null && c.purge()) {
            edit.jobs.remove(c.namespace(), c.id());
        } else if (old != null) {
            edit.jobs.put(old.withStop(true).withModifyIndex(edit.index).withJobModifyIndex(edit.index)
                    .withVersion(old.version() + 1).withStable(false).withVersionTag(null));
        }
        if (c.evaluation() != null) {
            edit.evaluations.put(withJobIndex(c.evaluation(), modified));
        }
        return modified;
    }

    void setStable(String namespace, String id, long version, boolean stable) {
        Job job = edit.jobs.version(namespace, id, version);
        if (job != null && !Objects.equals(job.stable(), stable)) {
            edit.jobs.replaceVersion(job.withStable(stable).withModifyIndex(edit.index));
        }
    }

    long stability(Command.SetJobStability c) {
        if (edit.jobs.version(c.namespace(), c.id(), c.version()) == null) {
            throw new RefusedException("job \"" + c.id() + "\" in namespace \"" + c.namespace() + "\" at version "
                    + c.version() + " not found");
        }
        setStable(c.namespace(), c.id(), c.version(), c.stable());
        return edit.index;
    }

    long tag(Command.TagJobVersion c) {
        List<Job> versions = before.jobVersions(c.namespace(), c.id());
        Job named = versions.stream().filter(job -> job.versionTag() != null && job.versionTag().name().equals(c.name())).findFirst().orElse(null);
        if (c.tag() == null) {
            if (named == null) {
                throw new RefusedException("tag \"" + c.name() + "\" not found on job \"" + c.id() + "\"");
            }
            edit.jobs.replaceVersion(named.withVersionTag(null).withModifyIndex(edit.index));
            return edit.index;
        }
        Job version = c.version() == null ? before.job(c.namespace(), c.id()) : before.jobVersion(c.namespace(), c.id(), c.version());
        if (version == null) {
            throw new RefusedException("job \"" + c.id() + "\"" + (c.version() == null ? "" : " version " + c.version()) + " not found");
        }
        if (named != null && !named.version().equals(version.version())) {
            throw new RefusedException("tag \"" + c.name() + "\" already exists on a different version of job \"" + c.id() + "\"");
        }
        edit.jobs.replaceVersion(version.withVersionTag(c.tag()).withModifyIndex(edit.index));
        return edit.index;
    }

    long scalingEvent(Command.AddScalingEvent c) {
        edit.jobs.addScalingEvent(c.namespace(), c.id(), c.group(), c.event());
        return edit.index;
    }

    long launch(Command.SetLaunch c) {
        edit.jobs.setLaunch(c.namespace(), c.id(), c.time());
        return edit.index;
    }
}
