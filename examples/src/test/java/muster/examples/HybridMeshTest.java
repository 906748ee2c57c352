package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import muster.testkit.RunningProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The story of the mesh with agents of the test's class path, at addresses that nobody else uses. */
@Timeout(400)
final class HybridMeshTest {
    @TempDir
    Path folder;

    /** Plan: the steps of {@link HybridMesh}; every request through a balancer that was not taken away is answered. */
    @Test
    void aServiceOutlivesAMachineAndBothLeaders() throws Exception {
        assumeTrue(Files.isExecutable(HybridMesh.NGINX), "nginx is not installed: the balancers and instances of the mesh are nginx");
        String network = "127." + ThreadLocalRandom.current().nextInt(50, 250) + "." + ThreadLocalRandom.current().nextInt(1, 250);
        HybridMesh mesh = new HybridMesh(Path.of("").toAbsolutePath().getParent(), folder, network,
                tool -> RunningProgram.java(muster.agent.Main.class, tool));
        try {
            HybridMesh.Report report = mesh.run();

            assertThat(report.troubles()).isEmpty();
            assertThat(report.bad()).isZero();
            assertThat(report.good()).isGreaterThan(100);
        } finally {
            mesh.close();
        }
    }
}
