package muster.scheduler.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.hcl.Function;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Capability;
import muster.scheduler.broker.Periodic;
import muster.scheduler.broker.Writer;
import muster.scheduler.diff.JobDifference;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobTree;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.JobSubmission;
import muster.scheduler.state.ScalingEvent;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;

/** {@code /v1/jobs} and {@code /v1/job/...} (API page "Jobs"). Ids may hold slashes: the last segment is looked at first. */
final class JobRoutes {
    private static final List<String> READS = List.of("versions", "allocations", "evaluations", "deployments", "deployment",
            "summary", "scale", "submission", "actions", "services");
    private static final List<String> WRITES = List.of("evaluate", "dispatch", "revert", "stable", "plan", "scale");
    private static final Pattern TAG = Pattern.compile("(.+)/versions/([^/]*)/tag");
    private static final long MAX_JOB = 16 << 20;

    private final Answers answers;
    private final JobWrites writes;
    private final JobLaunches launches;
    private final JobScaling scaling;
    private final JobTrials trials;
    private final WhyNotRoute whyNot;
    private final JobActions actions;

    JobRoutes(Answers answers, Writer writer, Supplier<Periodic> periodic, RandomGenerator random, Map<String, Function> functions, Handler exec) {
        this.answers = answers;
        JobIntake intake = new JobIntake(answers, writer);
        writes = new JobWrites(answers, writer, intake);
        launches = new JobLaunches(answers, writer, periodic);
        scaling = new JobScaling(answers, writer);
        trials = new JobTrials(answers, writer, intake, random, functions);
        whyNot = new WhyNotRoute(answers, random);
        actions = new JobActions(answers, exec);
    }

    void add(Routes routes) {
        routes.get("/v1/jobs", Handlers.blocking(this::list));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/jobs", MAX_JOB, Handlers.blocking(call -> writes.register(call, null)));
            routes.add(method, "/v1/jobs/parse", MAX_JOB, Handlers.blocking(trials::parse));
            routes.add(method, "/v1/validate/job", MAX_JOB, Handlers.blocking(trials::validate));
        }
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/job/*rest", MAX_JOB, Handlers.blocking(this::job));
        }
    }

    private Reply list(Call call) {
        String prefix = call.query("prefix");
        Predicate<String> visible = answers.visible(call, Capability.LIST_JOBS);
        return answers.read(call, Topic.JOBS, Topic.JOBS, state -> {
            List<Job> shown = state.jobs().values().stream().filter(job -> visible.test(job.namespace()) && job.id().startsWith(prefix)).toList();
            boolean meta = Answers.flag(call, "meta") || call.query("filter").contains("Meta");
            return Listing.byName(call, shown, job -> job.namespace() + "/" + job.id(), Listing.JOB, job -> {
                Map<String, Object> stub = Views.jobStub(job, state.summaries().get(State.key(job.namespace(), job.id())));
                if (meta) {
                    stub.put("Meta", job.meta());
                }
                return stub;
            });
        });
    }

    private Reply job(Call call) {
        String rest = call.parameter("rest");
        int slash = rest.lastIndexOf('/');
        String id = slash < 0 ? rest : rest.substring(0, slash);
        String last = slash < 0 ? "" : rest.substring(slash + 1);
        if (rest.endsWith("/periodic/force")) {
            Answers.writing(call);
            return launches.forcePeriodic(call, rest.substring(0, rest.length() - "/periodic/force".length()));
        }
        Matcher tag = TAG.matcher(rest);
        if (tag.matches() && !call.method().equals("GET")) {
            return call.method().equals("DELETE") ? writes.untag(call, tag.group(1), tag.group(2)) : writes.tag(call, tag.group(1), tag.group(2));
        }
        if (rest.contains(WhyNotRoute.PART) && call.method().equals("GET")) {
            return whyNot.answer(call, rest);
        }
        if (last.equals("action")) {
            return actions.run(call, id);
        }
        boolean writing = call.method().equals("PUT") || call.method().equals("POST");
        if (WRITES.contains(last) && (writing || !READS.contains(last))) {
            Answers.writing(call);
            return write(call, id, last);
        }
        if (READS.contains(last)) {
            return part(call, id, last);
        }
        return switch (call.method()) {
            case "GET" -> whole(call, rest);
            case "DELETE" -> writes.deregister(call, rest);
            default -> writes.register(call, rest);
        };
    }

    private Reply write(Call call, String id, String what) {
        return switch (what) {
            case "evaluate" -> writes.evaluate(call, id);
            case "dispatch" -> launches.dispatch(call, id);
            case "revert" -> writes.revert(call, id);
            case "stable" -> writes.stable(call, id);
            case "plan" -> trials.plan(call, id);
            default -> scaling.scale(call, id);
        };
    }

    private Reply whole(Call call, String id) {
        String namespace = answers.allowed(call, Capability.READ_JOB);
        return answers.read(call, Topic.job(namespace, id), Topic.JOBS, state -> JobTree.stored(known(state, namespace, id)));
    }

    private static Job known(State state, String namespace, String id) {
        Job job = state.job(namespace, id);
        if (job == null) {
            throw new ApiException(404, "job not found");
        }
        return job;
    }

    private Reply part(Call call, String id, String what) {
        String namespace = Answers.namespace(call);
        if (what.equals("scale")) {
            answers.caller(call).requireAny(namespace, Capability.READ_JOB, Capability.READ_JOB_SCALING);
        } else {
            answers.allowed(call, Capability.READ_JOB);
        }
        return switch (what) {
            case "versions" -> versions(call, namespace, id);
            case "allocations" -> answers.read(call, Topic.jobAllocations(namespace, id), Topic.ALLOCATIONS,
                    state -> Answers.map(newestFirst(ofThisJob(call, state.job(namespace, id), state.allocationsOf(namespace, id),
                            allocation -> allocation.job().createIndex())), a -> Views.allocationStub(a, false)));
            case "evaluations" -> answers.read(call, Topic.jobEvaluations(namespace, id), Topic.EVALUATIONS,
                    state -> state.evaluationsOf(namespace, id).stream()
                            .sorted(Comparator.comparingLong(e -> -e.createIndex())).toList());
            case "deployments" -> answers.read(call, Topic.jobDeployments(namespace, id), Topic.DEPLOYMENTS,
                    state -> ofThisJob(call, state.job(namespace, id), state.deploymentsOf(namespace, id), Deployment::jobCreateIndex)
                            .stream()
                            .sorted(Comparator.comparingLong(d -> -d.createIndex())).toList());
            case "deployment" -> answers.read(call, Topic.jobDeployments(namespace, id), Topic.DEPLOYMENTS,
                    state -> state.latestDeployment(namespace, id));
            case "submission" -> submission(call, namespace, id);
            case "actions" -> answers.read(call, Topic.job(namespace, id), Topic.JOBS, state -> JobActions.list(known(state, namespace, id)));
            case "summary" -> answers.read(call, Topic.summary(namespace, id), Topic.JOBS, state -> {
                known(state, namespace, id);
                return state.summaries().get(State.key(namespace, id));
            });
            case "services" -> answers.read(call, Topic.SERVICES, Topic.SERVICES, state -> {
                known(state, namespace, id);
                return ServiceRoutes.of(state, service -> service.namespace().equals(namespace) && service.jobId().equals(id));
            });
            default -> answers.read(call, List.of(Topic.jobAllocations(namespace, id), Topic.job(namespace, id), Topic.scaling(namespace, id)),
                    Topic.JOBS, state -> scale(state, known(state, namespace, id)));
        };
    }

    private Reply submission(Call call, String namespace, String id) {
        long version;
        try {
            version = Long.parseUnsignedLong(call.query("version"));
        } catch (NumberFormatException e) {
            throw new ApiException(400, "Unable to parse job submission version parameter");
        }
        return answers.read(call, Topic.job(namespace, id), Topic.JOBS, state -> {
            JobSubmission found = state.submission(namespace, id, version);
            if (found == null) {
                throw new ApiException(404, "job source not found");
            }
            return found;
        });
    }

    /** Without {@code all}, what belongs to an earlier job of the same name that was purged since is left out. */
    private static <T> List<T> ofThisJob(Call call, Job job, List<T> rows, ToLongFunction<T> jobCreateIndex) {
        return job == null || call.query("all").equals("true")
                ? rows
                : rows.stream().filter(row -> jobCreateIndex.applyAsLong(row) == job.createIndex()).toList();
    }

    static List<Allocation> newestFirst(List<Allocation> allocations) {
        return allocations.stream().sorted(Comparator.comparingLong((Allocation a) -> -a.createIndex())
                .thenComparing(Allocation::name)).toList();
    }

    private Reply versions(Call call, String namespace, String id) {
        boolean diffs = Answers.flag(call, "diffs");
        String topic = Topic.job(namespace, id);
        return answers.read(call, topic, Topic.JOBS, state -> {
            List<Job> versions = state.jobVersions(namespace, id);
            if (versions.isEmpty()) {
                throw new ApiException(404, "job versions not found");
            }
            List<Object> made = null;
            if (diffs) {
                made = differences(call, versions);
            }
            Map<String, Object> answer = new TreeMap<>();
            answer.put("Diffs", made);
            answer.put("Index", state.indexOf(topic, Topic.JOBS));
            answer.put("KnownLeader", true);
            answer.put("LastContact", 0);
            answer.put("Versions", Answers.map(versions, JobTree::stored));
            return answer;
        });
    }

    /** Of each version from the one before it, or of all others from the one that the query names. */
    private static List<Object> differences(Call call, List<Job> versions) {
        List<Object> made = new ArrayList<>();
        Job base = base(call, versions);
        for (int i = 0; base == null && i + 1 < versions.size(); i++) {
            made.add(JobDifference.of(versions.get(i + 1), versions.get(i), true));
        }
        for (Job version : base == null ? List.<Job>of() : versions) {
            if (!version.version().equals(base.version())) {
                made.add(JobDifference.of(base, version, true));
            }
        }
        return made;
    }

    private static Job base(Call call, List<Job> versions) {
        String tag = call.query("diff_tag");
        String number = call.query("diff_version");
        if (tag.isEmpty() && number.isEmpty()) {
            return null;
        }
        return versions.stream()
                .filter(job -> tag.isEmpty() ? number.equals(String.valueOf(job.version())) : job.versionTag() != null && tag.equals(job.versionTag().name()))
                .findFirst().orElseThrow(() -> new ApiException(404, tag.isEmpty() ? "version " + number + " not found" : "tag \"" + tag + "\" not found"));
    }

    private static Object scale(State state, Job job) {
        Map<String, List<ScalingEvent>> events = Values.orEmpty(state.scalingEvents().get(State.key(job.namespace(), job.id())));
        Map<String, Object> groups = new TreeMap<>();
        for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
            int running = 0;
            int healthy = 0;
            int unhealthy = 0;
            int placed = 0;
            for (Allocation a : state.allocationsOf(job.namespace(), job.id())) {
                if (a.taskGroup().equals(group.name()) && !a.isTerminal() && !a.isCanary()) {
                    placed++;
                    running += a.clientStatus().equals(Allocation.RUNNING) ? 1 : 0;
                    healthy += a.isHealthy() ? 1 : 0;
                    unhealthy += a.isUnhealthy() ? 1 : 0;
                }
            }
            Map<String, Object> one = new TreeMap<>();
            one.put("Desired", group.count());
            one.put("Events", events.get(group.name()));
            one.put("Healthy", healthy);
            one.put("Placed", placed);
            one.put("Running", running);
            one.put("Unhealthy", unhealthy);
            groups.put(group.name(), one);
        }
        Map<String, Object> answer = new TreeMap<>();
        answer.put("JobCreateIndex", job.createIndex());
        answer.put("JobID", job.id());
        answer.put("JobModifyIndex", job.jobModifyIndex());
        answer.put("JobStopped", job.isStopped());
        answer.put("Namespace", job.namespace());
        answer.put("TaskGroups", groups);
        return answer;
    }
}
