package muster.template.config;

/** All that is wrong with the configuration, a line each. */
public final class ConfigurationException extends RuntimeException {
    public ConfigurationException(String message) {
        super(message);
    }
}
