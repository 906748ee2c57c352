package muster.scheduler.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Reply;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.job.Job;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskAction;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.State;
import muster.wire.GoQuote;
import muster.wire.Json;

/** The commands that a job's tasks name: their list, and one run beside its task over a WebSocket (API page "Jobs": actions). */
final class JobActions {
    /** Of a task's commands one, and where it is. */
    private record Named(String group, String task, TaskAction action) {}

    private final Answers answers;
    private final Handler exec;

    /** @param exec answers {@code /v1/client/allocation/ID/exec}, looking at the caller's rights */
    JobActions(Answers answers, Handler exec) {
        this.answers = answers;
        this.exec = exec;
    }

    private static List<Named> all(Job job) {
        List<Named> all = new ArrayList<>();
        for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
            for (Task task : Values.orEmpty(group.tasks())) {
                Values.orEmpty(task.actions()).forEach(action -> all.add(new Named(group.name(), task.name(), action)));
            }
        }
        return all;
    }

    static List<Object> list(Job job) {
        return Answers.map(all(job), named -> {
            Map<String, Object> one = new TreeMap<>();
            one.put("Args", named.action().args());
            one.put("Command", named.action().command());
            one.put("Name", named.action().name());
            one.put("TaskGroupName", named.group());
            one.put("TaskName", named.task());
            return one;
        });
    }

    /**
     * Runs an action as {@code exec} would its command. Without {@code allocID} it runs beside the newest instance that runs, {@code task}
     * and {@code group} are needed where several tasks have an action of the name. What does not exist is told to those who may run it.
     */
    Reply run(Call call, String id) {
        Answers.method(call, "GET");
        String namespace = Answers.namespace(call);
        Permission needed = Permission.in(namespace, Capability.ALLOC_EXEC);
        Caller caller = answers.caller(call);
        if (!call.query("ws_handshake").equals("true")) {
            caller.require(needed);
        }
        try {
            State state = answers.state();
            Job job = ObjectQueries.found(state.job(namespace, id), "job not found");
            Allocation allocation = allocation(call, state, job);
            Named named = named(call, allocation.job() == null ? job : allocation.job(), allocation.taskGroup());
            return exec.handle(command(call, allocation.id(), named)).toCompletableFuture().join();
        } catch (ApiException e) {
            caller.require(needed);
            throw e;
        }
    }

    private static Allocation allocation(Call call, State state, Job job) {
        String wanted = call.query("allocID");
        String name = asked(call);
        List<String> groups = all(job).stream().filter(named -> named.action().name().equals(name)).map(Named::group).toList();
        Optional<Allocation> found = state.allocationsOf(job.namespace(), job.id()).stream()
                .filter(allocation -> wanted.isEmpty()
                        ? allocation.clientStatus().equals(Allocation.RUNNING) && groups.contains(allocation.taskGroup())
                                && (call.query("group").isEmpty() || call.query("group").equals(allocation.taskGroup()))
                        : allocation.id().equals(wanted))
                .max(Comparator.comparingLong(Allocation::createIndex).thenComparing(Allocation::id));
        return found.orElseThrow(() -> new ApiException(404, wanted.isEmpty()
                ? "job " + GoQuote.quote(job.id()) + " has no running allocation with an action " + GoQuote.quote(name)
                : "Unknown allocation " + GoQuote.quote(wanted)));
    }

    private static String asked(Call call) {
        if (call.query("action").isEmpty()) {
            throw new ApiException(400, "must provide action name");
        }
        return call.query("action");
    }

    private static Named named(Call call, Job job, String group) {
        String task = call.query("task");
        List<Named> found = all(job).stream().filter(named -> named.group().equals(group) && named.action().name().equals(asked(call))
                && (task.isEmpty() || task.equals(named.task()))).toList();
        if (found.isEmpty()) {
            throw new ApiException(404, "group " + GoQuote.quote(group) + " has no action " + GoQuote.quote(asked(call))
                    + (task.isEmpty() ? "" : " in task " + GoQuote.quote(task)));
        }
        if (found.size() > 1) {
            throw new ApiException(400, "action " + GoQuote.quote(asked(call)) + " is in several tasks of group " + GoQuote.quote(group)
                    + ": name one by task");
        }
        return found.getFirst();
    }

    private static Call command(Call call, String allocation, Named named) {
        List<String> words = new ArrayList<>(List.of(named.action().command()));
        words.addAll(Values.orEmpty(named.action().args()));
        Map<String, List<String>> query = new LinkedHashMap<>(call.query());
        List.of("action", "allocID", "group").forEach(query::remove);
        query.put("task", List.of(named.task()));
        query.put("command", List.of(Json.text(words)));
        return new Call(call.method(), "/v1/client/allocation/" + allocation + "/exec", Map.of(), query, call.headers(), call.body(),
                call.remote(), call.gone());
    }
}
