using System.Globalization;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>A line of a file of values separated by tabs, whose first line names the columns.</summary>
public sealed class TabRow
{
    private readonly IReadOnlyDictionary<string, int> _columns;
    private readonly string[] _values;

    private TabRow(IReadOnlyDictionary<string, int> columns, string[] values)
    {
        _columns = columns;
        _values = values;
    }

    /// <summary>The value in a column; empty if the line ends before it.</summary>
    public string this[string column]
    {
        get
        {
            if (!_columns.TryGetValue(column, out int place))
            {
                throw new KeyNotFoundException($"There is no column {column}; there are {string.Join(", ", _columns.Keys)}.");
            }

            return place < _values.Length ? _values[place] : "";
        }
    }

    /// <summary>The rows of a file.</summary>
    public static IReadOnlyList<TabRow> Load(string path)
    {
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0)
        {
            throw new InvalidDataException($"{path} is empty; its first line names the columns.");
        }

        var columns = lines[0].Split('\t').Select(static (name, place) => (name, place)).ToDictionary();
        return [.. lines.Skip(1).Where(static line => line.Length > 0).Select(line => new TabRow(columns, line.Split('\t')))];
    }

    public bool Has(string column) => _columns.ContainsKey(column);

    /// <summary>The value in a column as a number.</summary>
    public long Number(string column) => long.Parse(this[column], CultureInfo.InvariantCulture);

    /// <summary>
    /// The first of the values that stand in a column, separated by commas: that of the outermost header. Empty if there is
    /// none.
    /// </summary>
    public string Outermost(string column) => this[column].Split(',')[0];
}
