package muster.agent;

import java.util.List;

/** A running part of the suite. Closed once, in the reverse order of starting. */
interface Part extends AutoCloseable {
    /** One line of the summary. */
    record Listening(String what, String address) {}

    List<Listening> listening();

    /** Leaves the others, lets go of what it holds, and ends. Blocks, within the part's own bounds. */
    @Override
    void close();
}
