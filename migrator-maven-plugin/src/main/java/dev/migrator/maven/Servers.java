package dev.migrator.maven;

import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.SettingsProblem;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.apache.maven.settings.crypto.SettingsDecryptionResult;
import org.jspecify.annotations.Nullable;

/** The servers of {@code settings.xml}, with their passwords decrypted. */
final class Servers {
    private final Settings settings;
    private final SettingsDecrypter decrypter;

    Servers(Settings settings, SettingsDecrypter decrypter) {
        this.settings = settings;
        this.decrypter = decrypter;
    }

    /**
     * The credentials of a server.
     *
     * @throws MojoFailureException if there is no such server, or its password can't be decrypted; never with the password
     */
    Credentials credentials(String id) throws MojoFailureException {
        Server server = Optional.ofNullable(settings.getServer(id))
                .orElseThrow(() -> new MojoFailureException("settings.xml has no <server> with the id '" + id
                        + "', which serverId names. Add one with <username> and <password> to ~/.m2/settings.xml, or to the"
                        + " file that -s names; or leave serverId out and set the environment variables MIGRATOR_USER and"
                        + " MIGRATOR_PASSWORD. Nothing was done."));
        SettingsDecryptionResult result = decrypter.decrypt(new DefaultSettingsDecryptionRequest(server));
        if (!result.getProblems().isEmpty()) {
            String problems = result.getProblems().stream()
                    .map(SettingsProblem::getMessage)
                    .collect(Collectors.joining("; "));
            throw new MojoFailureException(
                    "The password of the server '" + id + "' in settings.xml can't be decrypted: "
                            + problems + ". Encrypt it with `mvn --encrypt-password` under the master password of"
                            + " ~/.m2/settings-security.xml. Nothing was done.");
        }
        return new Credentials(
                id,
                given(result.getServer().getUsername()),
                given(result.getServer().getPassword()));
    }

    private static Optional<String> given(@Nullable String value) {
        return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }
}
