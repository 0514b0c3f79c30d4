import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Properties;

/** Tables as a JDBC client lists them, then the cells of one query: one line a row, tabs between. */
class Query {
    public static void main(String[] said) throws Exception {
        Properties who = new Properties();
        who.setProperty("user", "postgres");
        try (Connection connection = DriverManager.getConnection(said[0], who)) {
            try (ResultSet tables = connection.getMetaData()
                    .getTables(null, "marts", "%", new String[] {"TABLE"})) {
                while (tables.next()) {
                    System.out.println("table\t" + tables.getString("TABLE_NAME"));
                }
            }
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(said[1])) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    StringBuilder line = new StringBuilder("row");
                    for (int column = 1; column <= columns; column++) {
                        line.append('\t').append(rows.getString(column));
                    }
                    System.out.println(line);
                }
            }
        }
    }
}
