package muster.template.watch;

import java.util.List;
import java.util.Optional;
import muster.registry.client.RegistryClient;
import muster.template.dependency.ApiDependency;
import muster.template.dependency.ApiDependency.Origin;
import muster.template.source.Source;

/**
 * Where templates' data comes from. The watcher closes none of them.
 *
 * @param connections how many requests may be open at the registry at once, for one over HTTP; 0 is no limit, for one in the
 *     same process
 * @param consul Consul's APIs beyond the registry client's
 */
public record Sources(RegistryClient registry, int connections, Optional<Source> consul, Optional<Source> nomad, Optional<Source> vault)
        implements AutoCloseable {
    /** The registry alone. */
    public static Sources of(RegistryClient registry) {
        return new Sources(registry, 0, Optional.empty(), Optional.empty(), Optional.empty());
    }

    Optional<Source> forDependency(ApiDependency dependency) {
        return switch (dependency) {
            case ApiDependency.Read read -> read.origin() == Origin.CONSUL ? consul : nomad;
            case ApiDependency.OfVault ignored -> vault;
        };
    }

    /** What to say where there is none. */
    static String absence(ApiDependency dependency) {
        return switch (dependency) {
            case ApiDependency.Read read -> dependency + ": " + (read.origin() == Origin.CONSUL
                    ? "no Consul HTTP address is known here" : "no Nomad is set; give it with nomad { address } or NOMAD_ADDR");
            case ApiDependency.OfVault ignored -> dependency + ": no Vault is set; give it with vault { address } or VAULT_ADDR";
        };
    }

    /** Closes all of them, for whoever made them. */
    @Override
    public void close() {
        List.of(consul, nomad, vault).forEach(source -> source.ifPresent(Source::close));
        registry.close();
    }
}
