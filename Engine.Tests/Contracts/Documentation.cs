using System.Reflection;
using System.Xml.Linq;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>What the engine's documentation file says, by the identifiers that the compiler gives to members.</summary>
internal static class Documentation
{
    private static readonly Lazy<ILookup<string, XElement>> s_members = new(static () =>
        XDocument.Load(Path.ChangeExtension(typeof(MbufArena).Assembly.Location, ".xml"))
            .Descendants("member")
            .ToLookup(static member => (string)member.Attribute("name")!));

    /// <summary>The elements of one member: none if it is not documented.</summary>
    public static IEnumerable<XElement> Of(string id) => s_members.Value[id].Elements();

    /// <summary>The words of all overloads of a method, or of a property.</summary>
    public static string Of(MemberInfo member)
    {
        if (member is MethodBase method)
        {
            return WithInherited(method); // An extension member's words stand with the block that declares it.
        }

        string name = $"{member.DeclaringType!.FullName!.Replace('+', '.')}.{member.Name}";
        return string.Join('\n', s_members.Value[$"P:{name}"].Select(static element => element.Value));
    }

    /// <summary>The same, and the words of the members that one of the overloads inherits from.</summary>
    public static string WithInherited(MethodBase method)
    {
        string name = $"{method.DeclaringType!.FullName!.Replace('+', '.')}.{method.Name}";
        var ids = new Queue<string>(s_members.Value.Select(static entry => entry.Key).Where(id => IsNamed(id[2..], name)));
        var seen = new HashSet<string>(ids);
        var words = new List<string>();
        while (ids.TryDequeue(out string? id))
        {
            foreach (XElement element in Of(id))
            {
                words.Add(element.Value);
                if (element.Name == "inheritdoc" && (string?)element.Attribute("cref") is { } from && seen.Add(from))
                {
                    ids.Enqueue(from);
                }
            }
        }

        return string.Join('\n', words);
    }

    private static bool IsNamed(string id, string name)
        => id == name || (id.StartsWith(name, StringComparison.Ordinal) && (id[name.Length] is '(' or '`'));
}
