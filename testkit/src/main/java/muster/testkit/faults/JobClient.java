package muster.testkit.faults;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.testkit.history.JobModel.Input;
import muster.testkit.history.JobModel.Job;
import muster.testkit.history.JobModel.Output;
import muster.wire.Json;

/** Asks agents of a scheduler for jobs over HTTP, and tells apart what was refused and what nobody knows. Thread-safe. */
final class JobClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final String MARK = "mark";
    /** Only so that a registration changes what runs; deployments go on as soon as an instance runs. */
    private static final String UPDATE = """
            "Update": {"MaxParallel": 2, "HealthCheck": "task_states", "MinHealthyTime": 50000000, "HealthyDeadline": 240000000000,
              "ProgressDeadline": 600000000000},""";

    /** What became of a request. */
    sealed interface Reply {
        /** @param index of the state that answered; 0 for a write */
        record Answered(Output output, long index) implements Reply {}

        /** It was certainly not done. */
        record Refused(String why) implements Reply {}

        record Unknown(String why) implements Reply {}
    }

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(1)).build();

    /** @param deployed whether a registration of this job makes a deployment */
    Reply ask(URI agent, Input input, boolean deployed) {
        String path = "/v1/job/" + input.job();
        return switch (input) {
            case Input.Read read -> read(agent, path);
            case Input.Register register -> write(request(agent, "/v1/jobs").PUT(BodyPublishers.ofString(text(register, deployed))));
            case Input.Scale scale -> write(request(agent, path + "/scale").POST(BodyPublishers.ofString(
                    "{\"Count\": " + scale.count() + ", \"Target\": {\"Group\": \"g\"}}")));
            case Input.Stop stop -> write(request(agent, path).DELETE());
        };
    }

    private static String text(Input.Register register, boolean deployed) {
        return """
                {"Job": {"ID": "%1$s", "Name": "%1$s", "Type": "service", "Datacenters": ["dc1"], "Meta": {"%5$s": "%2$s"}, %4$s
                  "TaskGroups": [{"Name": "g", "Count": %3$d, "RestartPolicy": {"Attempts": 0, "Mode": "fail"},
                  "Tasks": [{"Name": "t", "Driver": "raw_exec", "Config": {"command": "/bin/sleep", "args": ["3600"]},
                    "KillTimeout": 1000000000, "Resources": {"CPU": 20, "MemoryMB": 10}}]}]}}""".formatted(
                register.job(), register.mark(), register.count(), deployed ? UPDATE : "", MARK);
    }

    private Reply read(URI agent, String path) {
        try {
            HttpResponse<String> response = http.send(request(agent, path).build(), HttpResponse.BodyHandlers.ofString());
            long index = response.headers().firstValueAsLong("X-Nomad-Index").orElse(0);
            if (response.statusCode() == 404 && response.body().contains("job not found")) {
                return new Reply.Answered(new Output.Seen(Optional.empty(), 0), index);
            }
            return response.statusCode() == 200 ? new Reply.Answered(seen(tree(response.body())), index) : new Reply.Refused(response.body());
        } catch (IOException e) {
            return new Reply.Refused(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Refused("interrupted");
        }
    }

    private static Output.Seen seen(Map<?, ?> job) {
        Map<?, ?> group = (Map<?, ?>) ((List<?>) job.get("TaskGroups")).getFirst();
        String mark = String.valueOf(((Map<?, ?>) job.get("Meta")).get(MARK));
        return new Output.Seen(Optional.of(new Job(mark, (Long) group.get("Count"), (Boolean) job.get("Stop"))), (Long) job.get("JobModifyIndex"));
    }

    private Reply write(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return new Reply.Answered(new Output.Done((Long) tree(response.body()).get("JobModifyIndex")), 0);
            }
            boolean surely = response.statusCode() / 100 == 4 || response.body().contains("No cluster leader")
                    || response.body().contains("Enforcing job modify index");
            return surely ? new Reply.Refused(response.body()) : new Reply.Unknown(response.body());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return new Reply.Refused("not connected");
        } catch (IOException e) {
            return new Reply.Unknown(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Unknown("interrupted");
        }
    }

    /** What a path shows that lists objects. */
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> list(URI agent, String path) throws IOException, InterruptedException {
        return (List<Map<String, Object>>) Json.parse(text(agent, path));
    }

    /** The object at a path. */
    Map<?, ?> object(URI agent, String path) throws IOException, InterruptedException {
        return tree(text(agent, path));
    }

    /** The text at a path. Fails where the answer is no 200. */
    String text(URI agent, String path) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request(agent, path).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(agent + path + " answers " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    /** Forgets a job. Fails where nobody knows whether it was done. */
    void purge(URI agent, String job) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request(agent, "/v1/job/" + job + "?purge=true").DELETE().build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("job " + job + " can't be purged: " + response.body());
        }
    }

    private static Map<?, ?> tree(String body) {
        return (Map<?, ?>) Json.parse(body);
    }

    private static HttpRequest.Builder request(URI agent, String path) {
        return HttpRequest.newBuilder(agent.resolve(path)).timeout(PATIENCE);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
