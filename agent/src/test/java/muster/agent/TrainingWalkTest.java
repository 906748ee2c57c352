package muster.agent;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import muster.registry.agent.AgentControls;
import org.junit.jupiter.api.Test;

class TrainingWalkTest {
    /** Plan: start a whole agent on free ports; walk; every step of the walk comes about, else it throws. */
    @Test
    void aWholeAgentTakesTheWalk() throws Exception {
        AgentOptions options = AgentArguments.parse("muster",
                List.of("-dev", "-http-port=0", "-dns-port=0", "-scheduler-port=0", "-lb-port=0", "-lb-api-port=0"), Map.of(), new Machine("here", List.of()));
        AgentControls controls = new AgentControls(() -> {}, () -> {}, new Logging(options.log()));
        try (Suite suite = Suite.start(options, controls, InstantSource.system());
                TrainingWalk walk = new TrainingWalk(suite.listening())) {
            walk.run();
        }
    }
}
