package muster.checks;

import java.io.IOException;

/** Connects and hangs up. */
final class TcpRunner implements Runner {
    private final CheckDefinition.Tcp definition;

    TcpRunner(CheckDefinition.Tcp definition) {
        this.definition = definition;
    }

    @Override
    public Outcome run() throws InterruptedException {
        Deadline deadline = Deadline.in(definition.when().timeout());
        try (Connection connection = Connection.open(HostPort.parse(definition.address()), deadline)) {
            return Outcome.passing("TCP connect " + definition.address() + ": Success");
        } catch (IOException e) {
            return Outcome.critical(Connection.explain(e));
        }
    }
}
