package muster.scheduler.job;

/** One path that a proxy lets through. */
public record ConsulExposePath(
        String listenerPort,
        int localPathPort,
        String path,
        String protocol) {
    public ConsulExposePath {
        listenerPort = Values.text(listenerPort);
        path = Values.text(path);
        protocol = Values.text(protocol);
    }
}
