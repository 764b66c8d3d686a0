package dev.migrator.maven;

/** Projects that need no plugin but this one: of packaging {@code pom}, whose early phases do nothing. */
final class Poms {
    private Poms() {}

    /** A project. */
    static String project(String artifact, String plugin) {
        return """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.example</groupId>
                  <artifactId>%s</artifactId>
                  <version>1</version>
                  <packaging>pom</packaging>
                  <build><plugins>%s</plugins></build>
                </project>
                """
                .formatted(artifact, plugin);
    }

    /** A project of several, each of which has the plugin. */
    static String parent(String plugin, String... modules) {
        return project("parent", plugin)
                .replace(
                        "  <build>",
                        "  <modules><module>" + String.join("</module><module>", modules)
                                + "</module></modules>\n  <build>");
    }

    /** One of the several. */
    static String module(String artifact, String plugin) {
        return project(artifact, plugin)
                .replace(
                        "<groupId>com.example</groupId>",
                        "<parent><groupId>com.example</groupId><artifactId>parent</artifactId><version>1</version></parent>");
    }

    /** The plugin with what else stands in its element. */
    static String plugin(String content) {
        return """
                <plugin>
                  <groupId>dev.migrator</groupId>
                  <artifactId>migrator-maven-plugin</artifactId>
                  <version>%s</version>
                  %s
                </plugin>
                """
                .formatted(Repository.VERSION, content);
    }

    /** The plugin, which runs a goal in the first phase of each build. */
    static String bound(String goal, String configuration) {
        return plugin(
                """
                <executions>
                  <execution>
                    <phase>validate</phase>
                    <goals><goal>%s</goal></goals>
                    <configuration>%s</configuration>
                  </execution>
                </executions>
                """
                        .formatted(goal, configuration));
    }
}
