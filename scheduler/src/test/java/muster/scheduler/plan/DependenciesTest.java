package muster.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.PlanResult;
import muster.scheduler.state.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DependenciesTest {
    private static Job job(String id, String dependencies) {
        return Samples.job(id, 2).withMeta(dependencies.isEmpty() ? null : Map.of(Dependencies.KEY, dependencies));
    }

    private static State state(Job... jobs) {
        State state = State.EMPTY.after(new Command.RegisterNode(Samples.node(1, 9000, 9000), null, List.of()));
        for (Job job : jobs) {
            state = state.after(new Command.RegisterJob(job, null, false, 0, null));
        }
        return state;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            nothing to wait for         | ""           | 0 | ""
            a job that is there         | db           | 2 | ""
            a job that is half there    | db           | 1 | "waits for job ""db"": 1 of 2 are healthy"
            a group that is there       | db/web       | 2 | ""
            a group that is not known   | db/api       | 2 | "waits for group ""api"" of job ""db"": the job has no such group"
            a job that is not known     | cache        | 2 | "waits for job ""cache"", which is not there"
            the first of two            | " db , cache"| 2 | "waits for job ""cache"", which is not there"
            """)
    void waiting(String name, String dependencies, int running, String expected) {
        Job db = job("db", "");
        Job app = job("app", dependencies);
        List<Allocation> placed = new ArrayList<>();
        for (int i = 0; i < running; i++) {
            placed.add(Instances.of(db, i, Samples.node(1, 1, 1).id()));
        }
        State state = state(db, app).after(new Command.ApplyPlan(new PlanResult("", db, List.of(), placed, null, null, null, null, 0)));

        assertThat(Dependencies.unmet(state, app, app.group("web")).orElse("")).isEqualTo(expected);
    }

    @Test
    void anInstanceThatItsDeploymentDoesNotYetCountIsNotHealthy() {
        Job db = job("db", "");
        Allocation one = Instances.deployed(Instances.of(db, 0, "n"), "d", false, null);
        Allocation other = Instances.deployed(Instances.of(db, 1, "n"), "d", false, true);
        State state = state(db).after(new Command.ApplyPlan(new PlanResult("", db, List.of(), List.of(one, other), null, null, null, null, 0)));
        Job app = job("app", "db");

        assertThat(Dependencies.unmet(state, app, app.group("web"))).contains("waits for job \"db\": 1 of 2 are healthy");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            a chain is none        | b | c  | ""    | ""
            back to the first      | b | c  | a     | "a -> b -> c -> a"
            back to the second     | b | c  | b     | ""
            itself                 | a | "" | ""    | "a -> a"
            its own group          | /web | "" | "" | "a -> a"
            """)
    void circles(String name, String a, String b, String c, String expected) {
        Job first = job("a", a);

        assertThat(Dependencies.circle(state(job("b", b), job("c", c)), first).orElse("")).isEqualTo(expected);
    }
}
