package muster.template.dependency;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an HTTP API answers that the registry client does not speak to: Nomad's, Vault's, and Consul's beyond catalog, health
 * and KV. The answer is its JSON as plain objects; empty where the thing does not exist.
 */
public sealed interface ApiDependency extends Dependency<Optional<Object>> {
    /** Whose API. */
    enum Origin {
        CONSUL, NOMAD
    }

    /**
     * A GET, which blocks on the server until there is something new where the API offers that.
     *
     * @param name for people
     * @param path from {@code /v1/} on, escaped
     * @param parameters of the query
     */
    record Read(Origin origin, String name, String path, SortedMap<String, String> parameters) implements ApiDependency {
        public Read {
            parameters = new TreeMap<>(parameters);
        }

        /** Whether it gives the instances of a service. */
        public boolean isService() {
            return path.startsWith("service/") || path.startsWith("health/connect/");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** One that Vault answers. What it gives is a secret: it is never shown. */
    sealed interface OfVault extends ApiDependency {
        String path();
    }

    /** @param path as written in the template, with {@code ?version=N} where a version is wanted */
    record VaultRead(String path) implements OfVault {
        @Override
        public String toString() {
            return "vault.read(" + path + ")";
        }
    }

    record VaultList(String path) implements OfVault {
        @Override
        public String toString() {
            return "vault.list(" + path + ")";
        }
    }

    /** A write whose answer is the value, such as a certificate or credentials made for the caller. */
    record VaultWrite(String path, Map<String, String> data) implements OfVault {
        public VaultWrite {
            data = Map.copyOf(data);
        }

        @Override
        public String toString() {
            return "vault.write(" + path + " -> " + Integer.toHexString(new TreeMap<>(data).hashCode()) + ")";
        }
    }

    /**
     * A certificate, renewed near its end.
     *
     * @param destination the file that the template is rendered to: a certificate in it that is still good is used; "" for none
     */
    record PkiCert(String path, Map<String, String> data, String destination) implements OfVault {
        public PkiCert {
            data = Map.copyOf(data);
        }

        @Override
        public String toString() {
            return "vault.pki(" + path + " -> " + Integer.toHexString(new TreeMap<>(data).hashCode()) + ")";
        }
    }
}
