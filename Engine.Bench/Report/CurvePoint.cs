namespace Engine.Mbufs.Bench.Report;

/// <summary>A point of a <see cref="Curve"/>.</summary>
/// <param name="Place">Which of the chart's places along the horizontal axis it stands at.</param>
/// <param name="Value">Its height.</param>
/// <param name="Low">Where its whisker starts.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Tooltip">All that is known of it.</param>
internal readonly record struct CurvePoint(int Place, double Value, double Low, double High, string Tooltip);
