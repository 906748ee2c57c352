package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import muster.cli.FakeAgent.Ran;

/**
 * A row of a table of commands: a line and all that it leaves behind.
 *
 * @param line the words behind the tool's name, parted by single blanks
 * @param err null for any text
 */
record CommandLine(String line, int exit, String out, String err) {
    String[] words() {
        return line.split(" ");
    }

    /** Compares what is to be there with what is: texts first, for they say more than a number. */
    void matches(Ran ran) {
        if (err != null) {
            assertThat(ran.err()).isEqualTo(err);
        }
        assertThat(ran.out()).isEqualTo(out);
        assertThat(ran.exit()).isEqualTo(exit);
    }

    /** A row is named by its line. */
    @Override
    public String toString() {
        return line;
    }
}
