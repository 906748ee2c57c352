package muster.testkit.faults;

import java.util.List;

/** What runs on {@link Machines}: its configuration, how it is started, and when it is well. */
interface Program {
    /** The words that start it, before its arguments. */
    List<String> words();

    /** The text of a machine's configuration file. */
    String configuration(Machine machine);

    /** Its arguments, given that file. */
    List<String> arguments(String file);

    /** What a machine is asked over HTTP; 200 or 404 says that it is well. */
    String question(int machine);

    /** How many machines it is for. */
    int count();

    /** How many of these are servers: the first ones. */
    int servers();
}
