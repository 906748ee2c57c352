package muster.scheduler.job;

/** The Consul settings of a group. */
public record Consul(
        String namespace) {
    public Consul {
        namespace = Values.text(namespace);
    }
}
