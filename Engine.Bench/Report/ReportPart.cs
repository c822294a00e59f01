using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>A heading of the report and what is below it.</summary>
/// <param name="Name">What a marker in a document calls its table.</param>
/// <param name="Heading">The heading.</param>
/// <param name="Figures">Plots, as SVG.</param>
/// <param name="Table">The figures in numbers.</param>
internal sealed record ReportPart(string Name, string Heading, IReadOnlyList<XElement> Figures, DataTable Table);
