package muster.checks;

import java.util.Optional;

/** The list of kinds of check and of what runs each. */
public final class Runners {
    private Runners() {}

    /** What runs a check, keeping up to {@code outputLimit} bytes; empty for kinds that are told their state. */
    public static Optional<Runner> of(CheckDefinition definition, int outputLimit) {
        return switch (definition) {
            case CheckDefinition.Http http -> Optional.of(new HttpRunner(http, outputLimit));
            case CheckDefinition.Tcp tcp -> Optional.of(new TcpRunner(tcp));
            case CheckDefinition.Grpc grpc -> Optional.of(new GrpcRunner(grpc));
            case CheckDefinition.Script script -> Optional.of(new ScriptRunner(script, outputLimit));
            case CheckDefinition.Docker docker -> Optional.of(new DockerRunner(docker, outputLimit, DockerRunner.address(System.getenv())));
            case CheckDefinition.Ttl ttl -> Optional.empty();
            case CheckDefinition.Alias alias -> Optional.empty();
            case CheckDefinition.Maintenance maintenance -> Optional.empty();
        };
    }
}
