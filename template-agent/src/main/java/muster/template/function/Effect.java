package muster.template.function;

/** Something a template wants done besides its output. Whoever renders does it, once the template has rendered. */
public sealed interface Effect {
    /** Text for standard output. */
    record Print(String text) implements Effect {}

    /**
     * A file to write; missing folders are made.
     *
     * @param user name or number, "" to leave it
     * @param group name or number, "" to leave it
     * @param permissions mode bits
     */
    record Write(String path, String user, String group, int permissions, boolean append, String text) implements Effect {}
}
