package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import muster.cli.FakeAgent.Ran;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobRestartTest {
    private static final String ONE = "11111111-1111-2222-3333-444444444444";
    private static final String TWO = "22222222-1111-2222-3333-444444444444";
    private static final String NEW = "33333333-1111-2222-3333-444444444444";
    private FakeAgent agent;

    private static String stub(String id, String name, String group, int created) {
        return "{\"ID\":\"" + id + "\",\"Name\":\"" + name + "\",\"TaskGroup\":\"" + group + "\",\"ClientStatus\":\"running\",\"DesiredStatus\":\"run\","
                + "\"CreateIndex\":" + created + ",\"ModifyIndex\":" + created + ",\"TaskStates\":{\"t-" + group + "\":{}}}";
    }

    @BeforeEach
    void start() throws IOException {
        String two = stub(ONE, "web.g[0]", "g", 5) + "," + stub(TWO, "web.h[0]", "h", 6);
        agent = new FakeAgent()
                .on("GET /v1/jobs?prefix=web", "[{\"ID\":\"web\",\"Type\":\"service\",\"Status\":\"running\"}]")
                .on("GET /v1/job/web/allocations", "[" + two + "]")
                .on("GET /v1/job/web/allocations", "[" + two + "," + stub(NEW, "web.g[0]", "g", 9) + "]");
        for (String id : new String[] {ONE, TWO, NEW}) {
            agent.on("PUT /v1/client/allocation/" + id + "/restart", "{}").on("GET /v1/allocation/" + id, stub(id, "", "", 1))
                    .on("PUT /v1/allocation/" + id + "/stop", "{}");
        }
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    @Test
    void allocationsAreRestartedOneAfterTheOther() {
        assertThat(agent.run("nomad", "job", "restart", "-yes", "web")).isEqualTo(new Ran(0, """
                ==> 2026-03-01T12:00:00Z: Restarting 2 allocations
                ==> 2026-03-01T12:00:00Z: Batch 1 of 2: 1 allocation
                    2026-03-01T12:00:00Z: Restarting running tasks in group "g" for allocation "11111111"
                ==> 2026-03-01T12:00:00Z: Batch 2 of 2: 1 allocation
                    2026-03-01T12:00:00Z: Restarting running tasks in group "h" for allocation "22222222"
                ==> 2026-03-01T12:00:00Z: Finished job restart

                All allocations restarted successfully!
                """, ""));
    }

    @Test
    void onlyTheTaskOrGroupThatIsAskedFor() {
        assertThat(agent.run("nomad", "job", "restart", "-yes", "-batch-size=50%", "-task=t-h", "web").out())
                .contains("Restarting task \"t-h\" in group \"h\"").doesNotContain("\"g\"");
        assertThat(agent.requests()).contains("PUT /v1/client/allocation/" + TWO + "/restart").doesNotContain("PUT /v1/client/allocation/" + ONE + "/restart");
        assertThat(agent.run("nomad", "job", "restart", "-group=none", "web").out()).isEqualTo("No allocations to restart\n");
    }

    @Test
    void allTasksMayBeginAnew() {
        assertThat(agent.run("nomad", "job", "restart", "-yes", "-all-tasks", "-group=g", "web").out())
                .contains("Restarting all tasks in group \"g\" for allocation \"11111111\"").endsWith("All allocations restarted successfully!\n");
        assertThat(agent.run("nomad", "job", "restart", "-all-tasks", "-task=t", "web").err()).contains("can't be used with -task or -reschedule");
    }

    @Test
    void anotherAllocationTakesThePlace() {
        assertThat(agent.run("nomad", "job", "restart", "-yes", "-reschedule", "-group=g", "web").out())
                .contains("Allocation \"11111111\" replaced by \"33333333\"").endsWith("All allocations restarted successfully!\n");
    }

    @Test
    void aFailureEndsItOrIsAskedAbout() {
        agent.on("GET /v1/jobs?prefix=bad", "[{\"ID\":\"bad\",\"Type\":\"service\"}]")
                .on("GET /v1/job/bad/allocations", "[" + stub("44444444", "b", "g", 1) + "," + stub(TWO, "b", "g", 1) + "]");
        assertThat(agent.run("nomad", "job", "restart", "-on-error=fail", "bad").exit()).isEqualTo(1);
        Ran asked = agent.feed("nomad", "y\n", "job", "restart", "bad");
        assertThat(asked.out()).contains("Continue with the other allocations? [y/N]").endsWith("1 of 2 allocations could not be restarted\n");
        assertThat(asked.exit()).isEqualTo(1);
    }

    @Test
    void flagsThatMakeNoSenseAreRefused() {
        for (String flag : new String[] {"-batch-size=0", "-batch-size=x%", "-batch-wait=soon", "-on-error=what"}) {
            assertThat(agent.run("nomad", "job", "restart", flag, "web").err()).contains("Invalid value").contains(flag.substring(1, flag.indexOf('=')));
        }
        assertThat(agent.run("nomad", "job", "restart", "-reschedule", "-task=t", "web").err()).contains("can't be used with -task");
    }
}
