package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.PlanResult;
import muster.scheduler.state.State;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

class LoadsTest {
    private static <T> T read(Class<T> type, String json) {
        return Json.read(type, json.getBytes(java.nio.charset.StandardCharsets.UTF_8), Json.Unknown.IGNORE);
    }

    private static Allocation instance(int number, int port) {
        return read(Allocation.class, """
                {"ID": "a%d", "JobID": "web", "Namespace": "default", "TaskGroup": "g", "Name": "web.g[%d]", "NodeID": "n",
                 "DesiredStatus": "run", "ClientStatus": "running",
                 "AllocatedResources": {"Shared": {"Ports": [{"HostIP": "10.0.0.1", "Label": "http", "Value": %d}]}, "Tasks": {}}}"""
                .formatted(number, number, port));
    }

    /** Plan: two instances, the balancer's counts at two looks ten seconds apart, one instance that it does not know. */
    @Test
    void requestsAreCountedFromLookToLookAndUnseenInstancesDoNotCount() {
        Job job = read(Job.class, "{\"ID\": \"web\", \"Namespace\": \"default\", \"Type\": \"service\", \"Version\": 0}");
        State state = State.EMPTY.after(new Command.ApplyPlan(new PlanResult("", job, List.of(),
                List.of(instance(0, 1000), instance(1, 1001), instance(2, 1002)), null, null, null, null, 0)));
        Map<String, Long> totals = new HashMap<>(Map.of("10.0.0.1:1000", 100L, "10.0.0.1:1001", 0L));
        AtomicLong nanos = new AtomicLong(1);
        Loads loads = new Loads(() -> Map.copyOf(totals), allocation -> allocation.id().equals("a1") ? 80 : Double.NaN, nanos::get);
        assertThat(loads.perInstance(state, "default", "web", "g", "requests")).isEmpty();
        totals.put("10.0.0.1:1000", 400L);
        totals.put("10.0.0.1:1001", 100L);
        nanos.addAndGet(10_000_000_000L);

        assertThat(loads.perInstance(state, "default", "web", "g", "requests")).hasValue(20);
        assertThat(loads.perInstance(state, "default", "web", "g", "cpu")).hasValue(80);
    }
}
