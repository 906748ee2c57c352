package muster.template.function;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.List;
import muster.template.language.FunctionException;

/**
 * What functions may reach of the machine. All methods throw {@link FunctionException} for what is not allowed or not there.
 * Any thread may call.
 */
public interface Outside {
    /** Returns the path if the template may read it. */
    String readable(String path);

    /** Returns the path if the template may write it. */
    String writable(String path);

    /** Checks that user and group, names or numbers or "", exist. */
    void checkOwner(String user, String group);

    /** The addresses of the machine's network interfaces, in the order of the interfaces. */
    List<InterfaceAddress> addresses();

    /** Runs a program without a shell and returns its output without white space around it. */
    String run(List<String> command);

    /** What keys, salts and random values are made from. */
    SecureRandom random();

    /** The file that the template is rendered to; "" for none. */
    default String destination() {
        return "";
    }

    /** An address of a network interface. */
    record InterfaceAddress(String name, InetAddress address, int prefixLength, boolean up, boolean loopback, int mtu) {}

    /** No files, no programs, no network interfaces, no randomness. */
    Outside NOTHING = new Outside() {
        @Override
        public String readable(String path) {
            throw new FunctionException("'" + path + "' is outside of sandbox");
        }

        @Override
        public String writable(String path) {
            return readable(path);
        }

        @Override
        public void checkOwner(String user, String group) {
            throw new FunctionException("no owner can be set here");
        }

        @Override
        public List<InterfaceAddress> addresses() {
            return List.of();
        }

        @Override
        public String run(List<String> command) {
            throw new FunctionException("function is disabled: templates run no programs here");
        }

        @Override
        public SecureRandom random() {
            throw new FunctionException("there is no randomness here");
        }
    };
}
