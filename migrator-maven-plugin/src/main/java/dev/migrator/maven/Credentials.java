package dev.migrator.maven;

import java.util.Map;
import java.util.Optional;
import org.apache.maven.plugin.MojoFailureException;

/**
 * Who a server of {@code settings.xml} lets in.
 *
 * @param server the server's id
 * @param user the role, if it says so
 * @param password the role's password, if it says so
 */
record Credentials(String server, Optional<String> user, Optional<String> password) {

    /** Puts them into an environment, where they go before what is there. */
    void into(Map<String, String> environment) {
        user.ifPresent(name -> environment.put("MIGRATOR_USER", name));
        password.ifPresent(secret -> environment.put("MIGRATOR_PASSWORD", secret));
    }

    /** Throws if a password would go to another role than its own. */
    void check(String asked) throws MojoFailureException {
        if (user.isPresent() && !user.get().equals(asked)) {
            throw new MojoFailureException("The parameter user is '" + asked + "', but the server '" + server
                    + "' of settings.xml has the credentials of '" + user.get()
                    + "'. Leave one of them out. Nothing was done.");
        }
    }

    @Override
    public String toString() {
        return "credentials of the server " + server;
    }
}
